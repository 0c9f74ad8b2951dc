import ChromaModel
import Glibc
import Platform

/// The private directory of the embedded server's socket.
///
/// A socket's path holds 107 bytes at most, so it cannot lie in a data directory of any depth:
/// it is a fresh directory in /tmp, mode 0700, whose name is kept in the data directory.
struct SocketDirectory: Sendable {
    private static let prefix = "/tmp/tessera-"

    let path: String
    private let recordPath: String
    private let fileSystem: any FileSystem

    /// Makes the directory for a user and records it, in place of one that was left behind.
    static func make(recordPath: String, owner: ServerUser, fileSystem: any FileSystem) throws
        -> SocketDirectory
    {
        try removeLeftover(recordPath, fileSystem)
        var template = Array((prefix + "XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else {
            throw FileError("mkdtemp", prefix, errno)
        }
        let path = template.withUnsafeBufferPointer { name in
            String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
        guard chown(path, owner.id, owner.group) == 0 else {
            throw FileError("chown", path, errno)
        }
        let directory = SocketDirectory(
            path: path, recordPath: recordPath, fileSystem: fileSystem)
        try fileSystem.writeAtomically(Array(path.utf8), to: recordPath)
        return directory
    }

    func remove() {
        try? Self.removeLeftover(recordPath, fileSystem)
    }

    private static func removeLeftover(_ recordPath: String, _ fileSystem: any FileSystem) throws {
        guard try fileSystem.exists(recordPath) else { return }
        let path = String(decoding: try fileSystem.readAll(recordPath), as: UTF8.self)
        // Whatever the record says, nothing but a directory of ours is removed.
        if path.hasPrefix(prefix), !path.contains("..") { try fileSystem.removeTree(path) }
        try fileSystem.removeFile(recordPath)
    }
}
