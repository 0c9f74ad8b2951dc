/// The embeddings of one request: rows of one dimension in a single contiguous f32 buffer.
///
/// Built once by a parser, then read only. A row may be absent (update with a null embedding);
/// absent rows take no space in the buffer.
package final class EmbeddingMatrix: @unchecked Sendable {
    // Safe to share: the storage is written only through the exclusive `Builder` before the
    // matrix exists, and only read afterwards.
    private let storage: UnsafeMutableBufferPointer<Float>

    /// Elements of each row; 0 only when no row is present.
    package let dimension: Int
    /// For each row its place in the buffer in rows, or nil when it is absent.
    /// Nil altogether means row i is at place i.
    package let places: [Int?]?
    /// Rows, absent ones included.
    package let rowCount: Int

    fileprivate init(
        storage: UnsafeMutableBufferPointer<Float>, dimension: Int, places: [Int?]?, rowCount: Int
    ) {
        self.storage = storage
        self.dimension = dimension
        self.places = places
        self.rowCount = rowCount
    }

    deinit { storage.deallocate() }

    /// All present rows, one after the other.
    package var values: UnsafeBufferPointer<Float> { UnsafeBufferPointer(storage) }

    /// Calls `body` with row `index`, or with nil when the row is absent.
    package func withRow<R>(_ index: Int, _ body: (UnsafeBufferPointer<Float>?) throws -> R)
        rethrows -> R
    {
        guard let place = places.map({ $0[index] }) ?? index else { return try body(nil) }
        let start = place * dimension
        return try body(UnsafeBufferPointer(rebasing: values[start..<(start + dimension)]))
    }

    /// Grows a matrix float by float. Not shared; `finish` hands its buffer over.
    package struct Builder: ~Copyable {
        @usableFromInline
        var buffer: UnsafeMutableBufferPointer<Float>
        @usableFromInline
        var count = 0
        private var rowStart = 0
        private var places: [Int?] = []
        private var hasAbsentRow = false
        private var presentRows = 0

        /// Elements of the first row, once it is closed.
        package private(set) var dimension: Int?
        /// Index of the first row whose length differs from the first one's.
        package private(set) var inconsistentRow: Int?
        /// Whether a row without elements was closed.
        package private(set) var hasEmptyRow = false

        package init(capacity: Int = 1024) {
            buffer = .allocate(capacity: max(capacity, 16))
        }

        deinit { buffer.deallocate() }

        package var rowCount: Int { places.count }

        @inlinable
        @inline(__always)
        package mutating func append(_ value: Float) {
            if count == buffer.count { grow(to: count + 1) }
            buffer[count] = value
            count += 1
        }

        /// Appends raw little-endian binary32 values.
        package mutating func append(littleEndian bytes: UnsafeRawBufferPointer) {
            let added = bytes.count / 4
            if count + added > buffer.count { grow(to: count + added) }
            for index in 0..<added {
                let bits = bytes.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self)
                buffer[count + index] = Float(bitPattern: UInt32(littleEndian: bits))
            }
            count += added
        }

        package mutating func endRow() {
            let length = count - rowStart
            if length == 0 { hasEmptyRow = true }
            if let dimension, dimension != length, inconsistentRow == nil {
                inconsistentRow = places.count
            }
            if dimension == nil { dimension = length }
            places.append(presentRows)
            presentRows += 1
            rowStart = count
        }

        package mutating func appendAbsentRow() {
            hasAbsentRow = true
            places.append(nil)
        }

        @usableFromInline
        mutating func grow(to needed: Int) {
            var capacity = buffer.count
            while capacity < needed { capacity *= 2 }
            let larger = UnsafeMutableBufferPointer<Float>.allocate(capacity: capacity)
            _ = larger.update(fromContentsOf: buffer[0..<count])
            buffer.deallocate()
            buffer = larger
        }

        /// The buffer itself, or a copy when it is mostly empty.
        private mutating func takeValues() -> UnsafeMutableBufferPointer<Float> {
            let filled = UnsafeMutableBufferPointer(rebasing: buffer[0..<count])
            if count >= buffer.count / 2 {
                buffer = .allocate(capacity: 0)
                return filled
            }
            let exact = UnsafeMutableBufferPointer<Float>.allocate(capacity: count)
            _ = exact.update(fromContentsOf: filled)
            return exact
        }

        /// The finished matrix. Call only when `inconsistentRow` is nil.
        package consuming func finish() -> EmbeddingMatrix {
            precondition(inconsistentRow == nil, "rows of different lengths are no matrix")
            let storage = takeValues()
            return EmbeddingMatrix(
                storage: storage, dimension: dimension ?? 0,
                places: hasAbsentRow ? places : nil, rowCount: places.count)
        }
    }

    /// A matrix from rows in memory; for tests and tools.
    package static func rows(_ rows: [[Float]?]) -> EmbeddingMatrix {
        var builder = Builder()
        for row in rows {
            guard let row else {
                builder.appendAbsentRow()
                continue
            }
            for value in row { builder.append(value) }
            builder.endRow()
        }
        return builder.finish()
    }
}
