import ChromaModel

/// Rows of f32 in memory or in a mapped file, as an index is built from and searched over.
package struct VectorRows: @unchecked Sendable {
    // Safe to share: the pointers lead into `owner`, which keeps them and never writes.
    package let space: DistanceSpace
    package let dimension: Int
    package let count: Int
    let values: UnsafePointer<Float>
    let inverseNorms: UnsafePointer<Float>
    private let owner: AnyObject
    private let check: (any RowCheck)?

    /// - Parameters:
    ///   - values: `count` rows of `dimension`, one behind the other.
    ///   - inverseNorms: `DistanceKernel.inverseNorm` of each row; read only for cosine.
    ///   - owner: keeps both alive and unchanged.
    ///   - check: asked before a search reads rows; nil: all may be read. Builders don't ask.
    package init(
        space: DistanceSpace, dimension: Int, count: Int, values: UnsafePointer<Float>,
        inverseNorms: UnsafePointer<Float>, owner: AnyObject, check: (any RowCheck)? = nil
    ) {
        self.space = space
        self.dimension = dimension
        self.count = count
        self.values = values
        self.inverseNorms = inverseNorms
        self.owner = owner
        self.check = check
    }

    /// Whether these rows may be read.
    @inline(__always)
    func areWhole(_ rows: UnsafePointer<UInt32>, count: Int) -> Bool {
        check?.areWhole(UnsafeBufferPointer(start: rows, count: count)) ?? true
    }

    @inline(__always)
    func row(_ row: Int) -> UnsafePointer<Float> { values + row * dimension }

    /// Whether two rows are equal bit by bit.
    func isSame(_ left: Int, _ right: Int) -> Bool {
        UnsafeRawBufferPointer(start: row(left), count: dimension * 4).elementsEqual(
            UnsafeRawBufferPointer(start: row(right), count: dimension * 4))
    }
}
