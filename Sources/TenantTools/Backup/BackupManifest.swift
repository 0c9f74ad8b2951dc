import ChromaModel
import FoundationEssentials

/// What a backup says of itself: `manifest.json` in its directory.
///
/// ```
/// DIR/manifest.json          this
/// DIR/manifest.json.sha256   its digest, as `sha256sum` writes it
/// DIR/log/NNNNNNNN.checkpoint
/// DIR/segments/<uuid>.seg
/// ```
package struct BackupManifest: Sendable, Codable {
    static let formatCurrent = 1
    static let fileName = "manifest.json"
    static let digestFileName = fileName + ".sha256"
    /// There as long as the backup is being written, so that no two are written into one place.
    static let claimFileName = "unfinished"

    struct File: Sendable, Codable {
        /// Below the backup's directory.
        let path: String
        let bytes: Int
        /// In hex.
        let sha256: String

        init(path: String, _ digest: FileDigest) {
            self.path = path
            bytes = digest.byteCount
            sha256 = digest.sha256
        }

        var digest: FileDigest { FileDigest(byteCount: bytes, sha256: sha256) }
    }

    struct Database: Sendable, Codable {
        let id: String
        let name: String
    }

    package struct Collection: Sendable, Codable, Equatable {
        /// The same in the restored tenant.
        package let id: String
        /// The name of its database.
        package let database: String
        package let name: String
        package let records: Int
        /// SHA-256 in hex over every record in insertion order (`RecordDigest`).
        package let digest: String
    }

    let format: Int
    package let tenantID: String
    package let tenantName: String
    package let createdAtMilliseconds: UInt64
    /// The last entry of the log that is in it.
    package let position: UInt64
    /// The number of its checkpoint file.
    let checkpoint: UInt64
    let files: [File]
    let databases: [Database]
    package let collections: [Collection]

    /// Bytes of all files.
    package var byteCount: Int { files.reduce(0) { $0 + $1.bytes } }

    enum CodingKeys: String, CodingKey {
        case format, position, checkpoint, files, databases, collections
        case tenantID = "tenant_id"
        case tenantName = "tenant_name"
        case createdAtMilliseconds = "created_at_ms"
    }

    /// The line that `sha256sum` writes of a manifest.
    static func digestLine(of json: [UInt8]) -> [UInt8] {
        Array("\(Hex.sha256(json))  \(fileName)\n".utf8)
    }

    var json: [UInt8] {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return Array(try encoder.encode(self)) + [0x0A]
        }
    }
}
