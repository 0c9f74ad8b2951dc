import ChromaModel
import Crypto

/// One numbered step of the schema: `migrations/NNNN-kebab-name/up.sql`.
package struct Migration: Sendable {
    package let version: Int
    package let name: String
    package let script: String

    /// SHA-256 of the script.
    package var checksum: [UInt8] { Array(SHA256.hash(data: Array(script.utf8))) }

    /// - Parameter directory: the last part of its directory's path, `NNNN-kebab-name`.
    /// Throws `failedPrecondition` for any other name.
    package init(directory: String, script: String) throws {
        let parts = directory.split(separator: "-", maxSplits: 1)
        guard parts.count == 2, parts[0].count == 4, let version = Int(parts[0]), version > 0
        else {
            throw ServiceError(
                .failedPrecondition, "\(directory) is not a migration: call it NNNN-kebab-name.")
        }
        self.version = version
        name = String(parts[1])
        self.script = script
    }
}
