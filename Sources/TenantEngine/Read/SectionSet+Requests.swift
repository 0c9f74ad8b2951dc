import ChromaModel
import TenantStorage

extension RecordSelection {
    /// What resolving the selection reads of segments.
    var sectionsNeeded: SectionSet {
        let filtered = filter?.sectionsNeeded ?? []
        return ids == nil ? filtered : filtered.union([.lookup, .orders])
    }
}

extension Where {
    /// What testing rows, and looking them up in indexes, reads.
    var sectionsNeeded: SectionSet {
        switch self {
        case .all(let parts), .any(let parts):
            parts.reduce(into: []) { $0.formUnion($1.sectionsNeeded) }
        case .metadata: [.metadatas, .metadataPostings]
        case .document: [.documents, .trigramPostings]
        case .id: .lookup
        }
    }
}

extension Include {
    /// What showing rows reads beside their ids.
    var sectionsNeeded: SectionSet {
        var sections: SectionSet = []
        if contains(.documents) { sections.insert(.documents) }
        if contains(.uris) { sections.insert(.uris) }
        if contains(.metadatas) { sections.insert(.metadatas) }
        if contains(.embeddings) { sections.insert(.embeddings) }
        return sections
    }
}
