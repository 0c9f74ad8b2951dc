import ChromaModel

/// What an index knows of the rows that pass a filter: a bound from above and one from below.
struct IndexProposal {
    /// Rows that may pass; no others do.
    var possible: RowBitmap
    /// Rows of `possible` that do pass; nil when all of them do.
    var sure: RowBitmap?

    /// Exactly these rows pass.
    init(exactly rows: RowBitmap) { possible = rows }

    /// Any of these rows may pass, and none is known to.
    init(amongst rows: RowBitmap) {
        possible = rows
        sure = RowBitmap(rowCount: rows.rowCount)
    }

    init(possible: RowBitmap, sure: RowBitmap?) {
        self.possible = possible
        self.sure = sure
    }

    /// The rows known to pass.
    var certain: RowBitmap { sure ?? possible }

    /// What is known of the rows among `rows` that do not pass.
    func complement(in rows: RowBitmap) -> IndexProposal {
        var others = rows
        others.subtract(certain)
        guard sure != nil else { return IndexProposal(exactly: others) }
        var sureOthers = rows
        sureOthers.subtract(possible)
        return IndexProposal(possible: others, sure: sureOthers)
    }

    /// Both this and a filter of which `other` was asked among `possible`.
    mutating func narrow(by other: IndexProposal) {
        if sure != nil || other.sure != nil {
            var both = certain
            both.formIntersection(other.certain)
            sure = both
        }
        possible = other.possible
    }

    /// Both this and a filter that just the rows of a posting fail.
    mutating func narrow(without postings: Postings) {
        postings.remove(from: &possible)
        if var sure {
            postings.remove(from: &sure)
            self.sure = sure
        }
    }

    /// This or another filter.
    mutating func widen(by other: IndexProposal) {
        if sure != nil || other.sure != nil {
            var either = certain
            either.formUnion(other.certain)
            sure = either
        }
        possible.formUnion(other.possible)
    }
}
