import ChromaModel
import NIOCore
import Testing

@testable import ChromaWire

/// Calls `body` with the bytes of `text`.
func withBytes<Value>(
    _ text: String, _ body: (UnsafeRawBufferPointer) throws -> Value
) rethrows -> Value {
    var copy = text
    return try copy.withUTF8 { try body(UnsafeRawBufferPointer($0)) }
}

/// The error that parsing `text` throws; records an issue when there is none.
func refusal<Value>(
    of text: String, _ parse: (UnsafeRawBufferPointer) throws -> Value,
    location: SourceLocation = #_sourceLocation
) -> ServiceError? {
    do {
        _ = try withBytes(text, parse)
        Issue.record("accepted: \(text.prefix(200))", sourceLocation: location)
    } catch let error as ServiceError {
        return error
    } catch {
        Issue.record("not a ServiceError: \(error)", sourceLocation: location)
    }
    return nil
}

/// Checks that parsing `text` throws `code` with a message that begins so.
func expectRefusal<Value>(
    of text: String, _ code: ServiceError.Code, _ message: String,
    location: SourceLocation = #_sourceLocation,
    _ parse: (UnsafeRawBufferPointer) throws -> Value
) {
    guard let error = refusal(of: text, parse, location: location) else { return }
    #expect(error.code == code, "\(error) for \(text.prefix(200))", sourceLocation: location)
    #expect(
        error.message.hasPrefix(message), "\(error) for \(text.prefix(200))",
        sourceLocation: location)
}

func parseAdd(_ bytes: UnsafeRawBufferPointer) throws -> RecordBatch {
    try RecordBatchBody.parse(bytes, operation: .add)
}

func parseUpdate(_ bytes: UnsafeRawBufferPointer) throws -> RecordBatch {
    try RecordBatchBody.parse(bytes, operation: .update)
}

func rows(_ batch: RecordBatch) -> [[Float]?] {
    guard let matrix = batch.embeddings else { return [] }
    return (0..<matrix.rowCount).map { index in matrix.withRow(index) { $0.map { Array($0) } } }
}

/// What `write` appends to a buffer.
func written(_ write: (inout ByteBuffer) -> Void) -> String {
    var buffer = ByteBuffer()
    write(&buffer)
    return String(buffer: buffer)
}
