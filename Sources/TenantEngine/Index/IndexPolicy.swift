import VectorIndex

/// Which rows get an index.
package struct IndexPolicy: Sendable {
    /// Rows of a part below which every search scores all of them: exact, and fast enough.
    package static let rowsMinDefault = 20_000

    package var rowsMin = IndexPolicy.rowsMinDefault
    /// Builds that run at once; 0 means that there are no indexes.
    package var threads = 1
    /// Kind of index; nil: by the number of elements.
    package var sizeClass: SizeClass?

    package init() {}

    func covers(rows: Int) -> Bool { threads > 0 && rows >= rowsMin }
}
