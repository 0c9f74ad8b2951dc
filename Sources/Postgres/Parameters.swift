/// Bound parameters as libpq takes them: parallel arrays over one block of bytes.
struct Parameters {
    static let binary: Int32 = 1

    let types: [UInt32]
    let formats: [Int32]
    private let block: [UInt8]
    /// Where each value lies in the block; nil for null.
    private let places: [Range<Int>?]

    init(_ values: [PostgresValue]) {
        var block: [UInt8] = []
        places = values.map { value in
            guard let bytes = value.encoded else { return nil }
            block += bytes
            return (block.count - bytes.count)..<block.count
        }
        // Never empty: an empty array has no address, and libpq reads a missing one as null.
        self.block = block + [0]
        types = values.map(\.type.oid)
        formats = values.map { _ in Self.binary }
    }

    func withPointers<Result>(
        _ body: (_ values: [UnsafePointer<CChar>?], _ lengths: [Int32]) -> Result
    ) -> Result {
        block.withUnsafeBytes { bytes in
            let characters = bytes.bindMemory(to: CChar.self).baseAddress
            return body(
                places.map { place in place.flatMap { characters?.advanced(by: $0.lowerBound) } },
                places.map { Int32($0?.count ?? 0) })
        }
    }
}
