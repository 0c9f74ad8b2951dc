import TenantStorage

/// Embeddings were to be read that aren't checked, or are damaged: the search is to be made again
/// when all of them are, or refused.
struct UncheckedRows: Error {}

extension Part {
    /// Whether any row's embedding may be read.
    var hasWholeEmbeddings: Bool {
        switch rows {
        case .memory: true
        case .segment(let sections): sections.hasWholeEmbeddings
        }
    }

    /// Throws `UncheckedRows` unless any row's embedding may be read.
    func requireWholeEmbeddings() throws(UncheckedRows) {
        if !hasWholeEmbeddings { throw UncheckedRows() }
    }
}

extension RecordSnapshot {
    /// Whether any record's embedding may be read.
    var hasWholeEmbeddings: Bool { parts.allSatisfy(\.hasWholeEmbeddings) }
}
