/// What a segment's rows get, by how much there is to scan.
package enum SizeClass: Sendable, Equatable {
    /// Scanned in f32: exact, and as fast as anything.
    case raw
    /// Scanned in codes, what may be near in f32: exact.
    case codes
    /// Searched by a graph over codes: approximate, with a recall that was measured.
    case graph

    /// Elements (rows × dimension) up to which raw rows are scanned.
    package static let rawElementsMax = 400_000
    /// Elements up to which codes are scanned.
    package static let codesElementsMax = 8_000_000

    package init(rows: Int, dimension: Int) {
        let elements = rows * dimension
        self =
            elements <= Self.rawElementsMax
            ? .raw : elements <= Self.codesElementsMax ? .codes : .graph
    }
}
