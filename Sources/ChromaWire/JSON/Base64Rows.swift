import ChromaModel

/// Decodes embeddings that came as base64 of little-endian binary32 (protocol §2.3).
struct Base64Rows: ~Copyable {
    /// The first text that is no embedding.
    private(set) var fault: ServiceError?
    /// Room for one decoded row; grows to the longest.
    private var scratch = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 0)

    deinit { scratch.deallocate() }

    /// Reads a string as the next row of `builder`. After a fault rows are only passed over.
    mutating func row(
        _ scanner: inout JSONScanner, into builder: inout EmbeddingMatrix.Builder
    ) throws(JSONFailure) {
        let span = try scanner.stringSpan()
        guard fault == nil else { return }
        let raw = UnsafeBufferPointer(rebasing: scanner.bytes[span.range])
        let plain = UnsafeMutableBufferPointer<UInt8>.allocate(
            capacity: span.hasEscapes ? raw.count : 0)
        defer { plain.deallocate() }
        var symbols = raw
        if span.hasEscapes {
            let written = JSONEscape.unescape(raw, into: plain)
            symbols = UnsafeBufferPointer(rebasing: plain[..<written])
        }
        do throws(ServiceError) {
            try decode(symbols, into: &builder)
        } catch {
            fault = error
        }
    }

    private mutating func decode(
        _ symbols: UnsafeBufferPointer<UInt8>, into builder: inout EmbeddingMatrix.Builder
    ) throws(ServiceError) {
        makeRoom(for: Base64.decodedBytesMax(symbols.count))
        guard let output = scratch.baseAddress else { return builder.endRow() }
        let written: Int
        do throws(Base64.Fault) {
            written = try Base64.decode(symbols, into: output)
        } catch {
            throw .invalid("Invalid base64 string: \(error.message)")
        }
        guard written.isMultiple(of: MemoryLayout<Float>.size) else {
            throw .invalid(
                "Invalid byte length: \(written) bytes cannot be converted to f32 values "
                    + "(must be divisible by 4)")
        }
        let row = UnsafeRawBufferPointer(start: output, count: written)
        try checkFinite(row)
        builder.append(littleEndian: row)
        builder.endRow()
    }

    private mutating func makeRoom(for bytes: Int) {
        guard scratch.count < bytes else { return }
        scratch.deallocate()
        scratch = .allocate(capacity: bytes)
    }

    private func checkFinite(_ row: UnsafeRawBufferPointer) throws(ServiceError) {
        let infinity = Float.infinity.bitPattern
        for index in 0..<(row.count / 4) {
            let bits = row.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self)
            guard UInt32(littleEndian: bits) & infinity == infinity else { continue }
            let value = Float(bitPattern: UInt32(littleEndian: bits))
            let name = value.isNaN ? "NaN" : value < 0 ? "-inf" : "inf"
            throw .invalid("Non-finite float value at embedding index \(index): \(name)")
        }
    }
}
