import ChromaModel
import SwiftProtobuf
import TesseraRPC

// Filters come from a parser that bounds their depth, and messages from one that does, so
// recursion is safe.

extension EngineSelection {
    init(_ selection: RecordSelection) {
        self.init()
        if let ids = selection.ids { self.ids = .with { $0.values = ids.map(\.value) } }
        if let filter = selection.filter { self.filter = EngineFilter(filter) }
    }

    /// Throws `internalError`.
    func selection() throws(ServiceError) -> RecordSelection {
        RecordSelection(
            ids: hasIds ? ids.values.map { RecordID($0) } : nil,
            filter: hasFilter ? try filter.filter() : nil)
    }
}

extension EngineFilter {
    init(_ filter: Where) {
        self.init()
        switch filter {
        case .all(let members): all = List(members)
        case .any(let members): any = List(members)
        case .metadata(let key, let predicate): metadata = EngineMetadataCondition(key, predicate)
        case .document(let predicate): document = EngineDocumentCondition(predicate)
        case .id(.isIn(let ids)): id = .with { $0.ids = ids.map(\.value) }
        case .id(.isNotIn(let ids)):
            id = .with {
                $0.ids = ids.map(\.value)
                $0.isNotIn = true
            }
        }
    }

    /// Throws `internalError`.
    func filter() throws(ServiceError) -> Where {
        switch node {
        case .all(let list): return .all(try list.filters())
        case .any(let list): return .any(try list.filters())
        case .metadata(let condition):
            return .metadata(MetadataKey(condition.key), try condition.predicate())
        case .document(let condition): return .document(try condition.predicate())
        case .id(let condition):
            let ids = condition.ids.map { RecordID($0) }
            return .id(condition.isNotIn ? .isNotIn(ids) : .isIn(ids))
        case nil: throw .unreadable("a filter")
        }
    }
}

extension EngineFilter.List {
    fileprivate init(_ filters: [Where]) {
        self.init()
        members = filters.map { EngineFilter($0) }
    }

    fileprivate func filters() throws(ServiceError) -> [Where] {
        var filters: [Where] = []
        for member in members { filters.append(try member.filter()) }
        return filters
    }
}

extension EngineDocumentCondition {
    fileprivate init(_ predicate: DocumentPredicate) {
        self.init()
        switch predicate {
        case .contains(let text): (`operator`, self.text) = (.contains, text)
        case .doesNotContain(let text): (`operator`, self.text) = (.doesNotContain, text)
        case .matches(let regex): (`operator`, text) = (.matches, regex)
        case .doesNotMatch(let regex): (`operator`, text) = (.doesNotMatch, regex)
        }
    }

    fileprivate func predicate() throws(ServiceError) -> DocumentPredicate {
        switch `operator` {
        case .contains: return .contains(text)
        case .doesNotContain: return .doesNotContain(text)
        case .matches: return .matches(regex: text)
        case .doesNotMatch: return .doesNotMatch(regex: text)
        case .unspecified, .UNRECOGNIZED: throw .unreadable("a condition")
        }
    }
}
