import ChromaModel
import Crypto
import TenantStorage

/// SHA-256 over records: equal when the same records come in the same order.
struct RecordDigest {
    private var hash = SHA256()
    private(set) var count = 0

    mutating func add(
        _ id: RecordID, document: String?, uri: String?, metadata: Metadata?,
        embedding: UnsafeBufferPointer<Float>
    ) {
        var writer = ByteWriter()
        writer.put(id.value)
        writer.put(document)
        writer.put(uri)
        writer.put(metadata)
        writer.put(UInt32(embedding.count))
        hash.update(data: writer.finish())
        hash.update(bufferPointer: UnsafeRawBufferPointer(embedding))
        count += 1
    }

    /// In hex.
    consuming func finish() -> String { Hex.text(hash.finalize()) }
}

/// Digests as people write them.
enum Hex {
    static func text(_ digest: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] },
            as: UTF8.self)
    }

    static func sha256(_ bytes: [UInt8]) -> String { text(SHA256.hash(data: bytes)) }
}
