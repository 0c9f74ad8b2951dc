import ChromaModel
import NIOCore

/// The JSON body of one kind of request.
///
/// Everything that can be decided without the collection is decided while parsing, in
/// upstream's order and words (protocol §1.1, §1.6.1): first that the text is JSON of the right
/// shape, then filters and base64, then the fields' own rules.
package protocol RequestBody: Sendable {
    /// - Throws: `invalidArgument` (400) or `unprocessable` (422).
    static func parse(_ bytes: UnsafeRawBufferPointer) throws(ServiceError) -> Self
}

extension RequestBody {
    /// Parses the readable bytes of `buffer`.
    package static func parse(_ buffer: ByteBuffer) throws(ServiceError) -> Self {
        try buffer.parsingReadableBytes { (bytes) throws(ServiceError) in
            try parse(bytes)
        }
    }
}

extension ByteBuffer {
    /// `withUnsafeReadableBytes` with a typed error.
    func parsingReadableBytes<Value>(
        _ parse: (UnsafeRawBufferPointer) throws(ServiceError) -> Value
    ) throws(ServiceError) -> Value {
        let result = withUnsafeReadableBytes { bytes -> Result<Value, ServiceError> in
            do throws(ServiceError) {
                return .success(try parse(bytes))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}
