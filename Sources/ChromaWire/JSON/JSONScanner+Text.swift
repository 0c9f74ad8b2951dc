import ChromaModel

extension JSONScanner {
    /// Reads a field that came as a JSON text of its own; nil when it is empty.
    ///
    /// Throws `invalidArgument`, naming the field.
    static func read<Value>(
        text: String, of field: String,
        _ body: (inout JSONScanner) throws(JSONFailure) -> Value
    ) throws(ServiceError) -> Value? {
        guard !text.isEmpty else { return nil }
        var text = text
        let result = text.withUTF8 { bytes -> Result<Value, ServiceError> in
            do throws(ServiceError) {
                return .success(try read(UnsafeRawBufferPointer(bytes), body))
            } catch {
                return .failure(.invalid("\(field): \(error.message)"))
            }
        }
        return try result.get()
    }
}
