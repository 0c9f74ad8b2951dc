import ChromaModel
import NIOCore
import SwiftProtobuf
import TesseraRPC

/// What an HTTP request says, before it is a message.
struct HTTPInput: Sendable {
    /// The path template's variable, bound.
    var variables: [String: String] = [:]
    /// Query parameters in their order, decoded.
    var query: [(name: String, value: String)] = []
    /// Empty for GET and DELETE.
    var body = ByteBuffer()
}

/// HTTP/JSON in and out of the protobuf messages (protobuf's JSON mapping; field names as the
/// protos spell them).
enum HTTPTranscoder {
    /// The message that path, query and body make together. The path wins over the body.
    ///
    /// - Throws: `invalidArgument`, naming what is unknown, given twice or of the wrong kind.
    static func message<Input: Message>(
        _: Input.Type = Input.self, from input: HTTPInput
    ) throws(ServiceError) -> Input {
        let parameters = try parameters(of: input)
        do {
            var message = try body(Input.self, input.body)
            for (name, value) in parameters.sorted(by: { $0.key < $1.key }) {
                let bound = try bind(Input.self, name, value)
                try message.merge(serializedBytes: bound.serializedBytes() as [UInt8])
            }
            return message
        } catch {
            throw refusal(error)
        }
    }

    /// - Throws: `internalError` when the message has no JSON, as a timestamp after 9999 has none.
    static func json(_ output: some Message) throws(ServiceError) -> [UInt8] {
        do {
            return try output.adminJSON()
        } catch {
            throw ServiceError(
                .internalError, "The answer can't be written as JSON; ask over gRPC.", cause: error)
        }
    }

    private static func body<Input: Message>(
        _: Input.Type, _ bytes: ByteBuffer
    ) throws -> Input {
        bytes.readableBytes == 0
            ? Input() : try Input(jsonUTF8Bytes: Array(bytes.readableBytesView))
    }

    /// Path variables and query parameters.
    private static func parameters(of input: HTTPInput) throws(ServiceError) -> [String: String] {
        var fields = input.variables
        for (name, value) in input.query {
            guard fields.updateValue(value, forKey: name) == nil else {
                throw .invalid("\(name) is given more than once; give it once.")
            }
        }
        return fields
    }

    /// A message of one field. Protobuf's JSON takes a number as text, but no truth value.
    private static func bind<Input: Message>(
        _: Input.Type, _ name: String, _ value: String
    ) throws -> Input {
        func message(_ value: Google_Protobuf_Value) throws -> Input {
            let object = Google_Protobuf_Struct(fields: [name: value])
            return try Input(jsonUTF8Bytes: object.jsonUTF8Bytes() as [UInt8])
        }
        do {
            return try message(Google_Protobuf_Value(stringValue: value))
        } catch JSONDecodingError.malformedBool where ["true", "false"].contains(value) {
            return try message(Google_Protobuf_Value(boolValue: value == "true"))
        }
    }

    private static func refusal(_ error: any Error) -> ServiceError {
        switch error as? JSONDecodingError {
        case .unknownField(let name):
            .invalid("Unknown field \"\(name)\"; remove it or correct its spelling.")
        case .malformedNumber, .numberRange, .leadingZero:
            .invalid("A number was expected, such as page_size=100.")
        case .malformedBool:
            .invalid("true or false was expected, such as show_deleted=true.")
        case .malformedString, .schemaMismatch, .illegalNull:
            .invalid("A field has a value of the wrong kind; see the message in the protos.")
        case .malformedTimestamp:
            .invalid("A time is written like 2030-01-31T12:00:00Z.")
        default:
            ServiceError(
                .invalidArgument, "The body is not the JSON object that this method takes.",
                cause: error)
        }
    }
}
