import ChromaModel
import TenantStorage

extension RecordSelection {
    /// What resolving the selection reads of segments.
    var sectionsNeeded: SectionSet {
        let filtered = filter?.sectionsNeeded ?? SectionSet(rawValue: 0)
        return ids == nil ? filtered : filtered | .lookup | .orders
    }
}

extension Where {
    /// What testing rows, and looking them up in indexes, reads.
    var sectionsNeeded: SectionSet {
        switch self {
        case .all(let parts), .any(let parts):
            parts.reduce(SectionSet(rawValue: 0)) { $0 | $1.sectionsNeeded }
        case .metadata: .metadatas | .metadataPostings
        case .document: .documents | .trigramPostings
        case .id: .lookup
        }
    }
}

extension Include {
    /// What showing rows reads beside their ids.
    var sectionsNeeded: SectionSet {
        var sections = SectionSet(rawValue: 0)
        if contains(.documents) { sections = sections | .documents }
        if contains(.uris) { sections = sections | .uris }
        if contains(.metadatas) { sections = sections | .metadatas }
        if contains(.embeddings) { sections = sections | .embeddings }
        return sections
    }
}
