import VectorIndex

/// Which rows get an index.
package struct IndexPolicy: Sendable {
    /// Rows of a part below which every search scores all of them: nothing is faster. Above,
    /// `SizeClass` decides by their dimension.
    package static let rowsMinDefault = 1_000

    /// Rows of a part below which no graph is built, whatever their dimension: searches are exact.
    static let graphRowsMin = 20_000

    package var rowsMin = IndexPolicy.rowsMinDefault
    /// Builds that run at once; 0 means that there are no indexes.
    package var threads = 1
    /// Threads that work on one build; 0 means one a core.
    package var threadsPerBuild = 1
    /// Memory that builds take together before the next one waits.
    package var memoryBytesMax = 2 << 30
    /// Kind of index; nil: by the number of elements.
    package var sizeClass: SizeClass?

    package init() {}

    func covers(rows: Int) -> Bool { threads > 0 && rows >= rowsMin }

    /// The kind of index that a part's rows get.
    func sizeClass(rows: Int, dimension: Int) -> SizeClass {
        if let sizeClass { return sizeClass }
        let natural = SizeClass(rows: rows, dimension: dimension)
        return natural == .graph && rows < Self.graphRowsMin ? .codes : natural
    }
}
