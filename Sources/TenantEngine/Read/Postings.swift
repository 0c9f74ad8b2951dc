import ChromaModel

/// Rows as an index lists them: in runs, in no order, a row perhaps in several.
struct Postings {
    /// In the mapped file of a segment that whoever asks is holding.
    var runs: [UnsafeBufferPointer<UInt32>] = []
    var listed: [UInt32] = []

    init(runs: [UnsafeBufferPointer<UInt32>]) { self.runs = runs }

    init(listed rows: [Int]) { listed = rows.map { UInt32($0) } }

    /// At least as many as there are rows.
    var count: Int { runs.reduce(listed.count) { $0 + $1.count } }

    func insert(into rows: inout RowBitmap) {
        for run in runs { rows.insert(run) }
        listed.withUnsafeBufferPointer { rows.insert($0) }
    }

    func remove(from rows: inout RowBitmap) {
        for run in runs { rows.remove(run) }
        listed.withUnsafeBufferPointer { rows.remove($0) }
    }
}
