import Crypto
import Platform

/// The length and the SHA-256 of a file, read through its bytes and not through a map: a backup's
/// disk may fail, or its file be cut short, at any moment.
struct FileDigest: Equatable {
    let byteCount: Int
    /// In hex.
    let sha256: String

    init(byteCount: Int, sha256: String) {
        self.byteCount = byteCount
        self.sha256 = sha256
    }

    /// Blocking. Throws `FileError`.
    init(_ path: String, _ fileSystem: any FileSystem) throws {
        var hash = SHA256()
        var count = 0
        try fileSystem.readChunks(path) { chunk in
            hash.update(bufferPointer: chunk)
            count += chunk.count
        }
        byteCount = count
        sha256 = Hex.text(hash.finalize())
    }
}
