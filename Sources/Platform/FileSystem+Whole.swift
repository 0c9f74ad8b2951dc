/// Small files, read and written whole. Both throw `FileError`.
extension FileSystem {
    /// Replaces a file so that a crash leaves the old or the new content, never a mixture.
    /// Durable when it returns; a new file has mode 0600.
    package func writeAtomically(_ bytes: [UInt8], to path: String) throws {
        let draft = path + ".tmp"
        try removeFile(draft)
        let file = try open(draft, .createNew)
        defer { file.close() }
        try bytes.withUnsafeBytes { try file.write($0, at: 0) }
        try file.syncData()
        try rename(draft, to: path)
        try syncDirectory(Self.directory(of: path))
    }

    /// The whole content of an existing file.
    package func readAll(_ path: String) throws -> [UInt8] {
        let file = try open(path, .readOnly)
        defer { file.close() }
        var bytes = [UInt8](repeating: 0, count: Int(try file.size()))
        let count = try bytes.withUnsafeMutableBytes { try file.read(into: $0, at: 0) }
        bytes.removeLast(bytes.count - count)
        return bytes
    }

    /// Walks over a file from front to back, a buffer at a time.
    package func readChunks(_ path: String, _ body: (UnsafeRawBufferPointer) throws -> Void) throws
    {
        let file = try open(path, .readOnly)
        defer { file.close() }
        var bytes = [UInt8](repeating: 0, count: Self.chunkBytes)
        var offset: UInt64 = 0
        var count = 0
        repeat {
            try bytes.withUnsafeMutableBytes { buffer in
                count = try file.read(into: buffer, at: offset)
                try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            }
            offset += UInt64(count)
        } while count > 0
    }

    private static var chunkBytes: Int { 1 << 20 }

    /// The first bytes of a file; fewer when it is shorter.
    package func readHead(_ path: String, count: Int) throws -> [UInt8] {
        let file = try open(path, .readOnly)
        defer { file.close() }
        var bytes = [UInt8](repeating: 0, count: count)
        let read = try bytes.withUnsafeMutableBytes { try file.read(into: $0, at: 0) }
        return Array(bytes.prefix(read))
    }

    /// The directory a path is in: `.` for a bare name, `/` for itself.
    static func directory(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
