import ChromaModel
import FoundationEssentials

extension Data {
    /// The 16 bytes of an id, big-endian.
    init(_ id: some TypedID) {
        self.init(capacity: 16)
        for word in [id.uuid.high, id.uuid.low] {
            Swift.withUnsafeBytes(of: word.bigEndian) { append(contentsOf: $0) }
        }
    }

    /// Throws `internalError` unless these are 16 bytes.
    func id<ID: TypedID>(_: ID.Type = ID.self) throws(ServiceError) -> ID {
        guard count == 16 else { throw .unreadable("an id") }
        let words = [prefix(8), suffix(8)].map { $0.reduce(UInt64(0)) { $0 << 8 | UInt64($1) } }
        return ID(UniqueID(high: words[0], low: words[1]))
    }
}
