import Platform

/// A spool file that has just begun: written, not yet durable, and those before it still there.
struct NewSpoolFile: Sendable {
    let directory: String
    let number: UInt64
    let file: any File
    /// The one that it follows.
    let before: (any File)?
    let fileSystem: any FileSystem

    /// Makes it durable, then removes those before it. It may be appended to meanwhile.
    func settle() throws(FileError) {
        defer { before?.close() }
        try file.syncData()
        try fileSystem.syncDirectory(directory)
        for name in try fileSystem.list(directory) {
            guard let number = SpoolFormat.fileNumber(name), number < self.number else { continue }
            try fileSystem.removeFile(directory + "/" + name)
        }
    }
}
