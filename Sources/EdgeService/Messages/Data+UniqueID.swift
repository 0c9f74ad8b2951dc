import ChromaModel
import FoundationEssentials

extension Data {
    /// The 16 bytes of an id, big-endian.
    init(_ id: UniqueID) {
        self.init(capacity: 16)
        for word in [id.high, id.low] {
            Swift.withUnsafeBytes(of: word.bigEndian) { append(contentsOf: $0) }
        }
    }

    /// Throws `internalError` unless these are 16 bytes.
    func uniqueID() throws(ServiceError) -> UniqueID {
        guard count == 16 else { throw .unreadableMessage("an id") }
        let words = [prefix(8), suffix(8)].map { $0.reduce(UInt64(0)) { $0 << 8 | UInt64($1) } }
        return UniqueID(high: words[0], low: words[1])
    }
}

extension ServiceError {
    /// The other process sent what this release can't read.
    static func unreadableMessage(_ what: String) -> ServiceError {
        ServiceError(
            .internalError,
            "A message of another process has \(what) that can't be read; run one release.")
    }
}
