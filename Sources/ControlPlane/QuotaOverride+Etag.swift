import ChromaModel
import Crypto

extension QuotaOverride {
    /// Bytes of the SHA-256 that are kept.
    private static let etagBytes = 8

    /// Another one for whatever else is put in its place: lower-case hexadecimal of a digest of
    /// all that it says.
    package var etag: String {
        let expiry = expiresAtMilliseconds.map { "\($0)" } ?? ""
        let said = "\(limit)/\(createdAtMilliseconds)/\(expiry)/\(approvedBy)/\(reason)"
        return SHA256.hash(data: Array(said.utf8)).prefix(Self.etagBytes)
            .map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
