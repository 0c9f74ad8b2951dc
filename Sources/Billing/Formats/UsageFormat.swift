import ChromaModel

/// How usage is written for other tools.
package enum UsageFormat: String, Sendable, CaseIterable {
    case csv
    case jsonLines = "jsonl"
    /// CloudEvents 1.0 in structured mode, as one JSON batch.
    case cloudEvents = "cloudevents"
    /// FOCUS 1.2 as CSV: costs, of meters that have a price.
    case focus = "focus-1.2"

    /// Throws `invalidArgument`, naming those there are.
    package static func named(_ text: String) throws(ServiceError) -> UsageFormat {
        guard let format = UsageFormat(rawValue: text) else {
            let all = allCases.map(\.rawValue).joined(separator: ", ")
            throw .invalid("No usage format is called \(text); there are \(all).")
        }
        return format
    }

    package var contentType: String {
        switch self {
        case .csv, .focus: "text/csv; charset=utf-8"
        case .jsonLines: "application/jsonl"
        case .cloudEvents: "application/cloudevents-batch+json; charset=utf-8"
        }
    }

    package var fileExtension: String {
        switch self {
        case .csv, .focus: "csv"
        case .jsonLines: "jsonl"
        case .cloudEvents: "json"
        }
    }
}
