import ChromaModel
import Platform
import TenantStorage

/// Where a repair puts what it replaces: `quarantine/NNNN` in the tenant's directory, with a note
/// that says what each file was and why it is here.
struct Quarantine {
    private let files: TenantFiles
    private var directory: String?
    private var notes: [String] = []

    init(_ files: TenantFiles) { self.files = files }

    /// Copies a file here, durably; the original stays.
    mutating func keep(_ path: String, because reason: String) throws(FileError) {
        let directory = try ensureDirectory()
        let fileSystem = files.fileSystem
        let map = try fileSystem.map(path)
        let copy = try fileSystem.open(directory + "/" + Self.name(of: path), .createNew)
        defer { copy.close() }
        try copy.write(map.bytes, at: 0)
        try copy.syncData()
        try note(path, reason)
    }

    /// Moves a file here; a missing one is fine.
    mutating func take(_ path: String, because reason: String) throws(FileError) {
        guard try files.fileSystem.exists(path) else { return }
        let directory = try ensureDirectory()
        try files.fileSystem.rename(path, to: directory + "/" + Self.name(of: path))
        try note(path, reason)
    }

    private mutating func note(_ path: String, _ reason: String) throws(FileError) {
        let directory = try ensureDirectory()
        notes.append("\(Self.name(of: path)) was \(path): \(reason)")
        let text = Array((notes.joined(separator: "\n") + "\n").utf8)
        let file = try files.fileSystem.open(directory + "/note.txt", .create)
        defer { file.close() }
        try text.withUnsafeBufferPointer { (bytes) throws(FileError) in
            try file.write(UnsafeRawBufferPointer(bytes), at: 0)
        }
        try file.syncData()
        try files.fileSystem.syncDirectory(directory)
    }

    /// A directory that no earlier repair used.
    private mutating func ensureDirectory() throws(FileError) -> String {
        if let directory { return directory }
        var number = 1
        func path() -> String {
            let digits = "\(number)"
            let zeros = String(repeating: "0", count: max(0, 4 - digits.count))
            return files.quarantine + "/" + zeros + digits
        }
        while try files.fileSystem.exists(path()) { number += 1 }
        try files.fileSystem.createDurableDirectory(path())
        directory = path()
        return path()
    }

    private static func name(of path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? "file"
    }
}
