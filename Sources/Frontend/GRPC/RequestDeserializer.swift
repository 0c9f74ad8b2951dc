import ChromaModel
import GRPCCore
import GRPCProtobuf
import SwiftProtobuf

/// Reads a request message of at most so many bytes.
///
/// The transport has a larger bound of its own, past which it only breaks the stream off; this
/// one says why.
struct RequestDeserializer<Input: Message>: MessageDeserializer {
    let bytesMax: Int

    /// Throws `payloadTooLarge`, and an `RPCError` for bytes that are no such message.
    func deserialize<Bytes: GRPCContiguousBytes>(_ bytes: Bytes) throws -> Input {
        let count = bytes.withUnsafeBytes(\.count)
        guard count <= bytesMax else {
            throw ServiceError(
                .payloadTooLarge,
                "The message has \(count) bytes; send at most \(bytesMax) at once.")
        }
        return try ProtobufDeserializer<Input>().deserialize(bytes)
    }
}
