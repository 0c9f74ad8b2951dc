import FoundationEssentials
import GRPCCore
import SwiftProtobuf

/// Bounds of the service's messages.
package enum EngineMessages {
    /// Most bytes of one message. It is not what bounds a request: the frontends bound bodies
    /// (`http.body_bytes_max`), and no body grows eightfold on its way here.
    package static let bytesMax = 1 << 30
    /// Most messages within each other: two for each level of a filter, whose JSON may have 127
    /// levels, and some around it.
    static let depthMax = 160
    /// About how many bytes of records or collections one message of an answer has.
    static let answerBytes = 1 << 20
}

/// Reads a message as deep as filters may be; SwiftProtobuf's own bound is 100.
struct EngineDeserializer<Input: Message>: MessageDeserializer {
    /// Throws an `RPCError` for bytes that are no such message.
    func deserialize<Bytes: GRPCContiguousBytes>(_ bytes: Bytes) throws -> Input {
        var options = BinaryDecodingOptions()
        options.messageDepthLimit = EngineMessages.depthMax
        return try bytes.withUnsafeBytes { raw in
            do {
                return try Input(serializedBytes: Self.borrowed(raw), options: options)
            } catch {
                throw RPCError(
                    code: .invalidArgument, message: "This is no \(Input.protoMessageName).",
                    cause: error)
            }
        }
    }

    /// The bytes without a copy: the message takes its own of all that it keeps.
    private static func borrowed(_ bytes: UnsafeRawBufferPointer) -> Data {
        guard let start = bytes.baseAddress else { return Data() }
        return Data(
            bytesNoCopy: UnsafeMutableRawPointer(mutating: start), count: bytes.count,
            deallocator: .none)
    }
}
