/// A name in braces in a path template.
enum PathParameter: String, Sendable, CaseIterable {
    case tenant
    case database
    case collectionName = "collection_name"
    case collectionID = "collection_id"
    case crn
}

/// The path of a route: fixed segments and parameters, e.g. `/api/v2/tenants/{tenant}`.
struct PathTemplate: Sendable, CustomStringConvertible {
    enum Segment: Sendable, Hashable {
        case fixed(String)
        case parameter(PathParameter)
    }

    let description: String
    let segments: [Segment]

    /// - Precondition: starts with `/`; every name in braces is a `PathParameter`.
    init(_ text: String) {
        precondition(text.hasPrefix("/"), "a path template starts with /: \(text)")
        description = text
        segments = text.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
            .map(Self.segment)
    }

    var parameters: [PathParameter] {
        segments.compactMap { if case .parameter(let name) = $0 { name } else { nil } }
    }

    private static func segment(_ text: Substring) -> Segment {
        guard text.hasPrefix("{") else { return .fixed(String(text)) }
        guard let name = PathParameter(rawValue: String(text.dropFirst().dropLast())) else {
            preconditionFailure("\(text) is no path parameter")
        }
        return .parameter(name)
    }
}

/// The stems that most templates share, as protocol §1 abbreviates them.
enum PathStem {
    static let api = "/api/v2"
    static let tenants = api + "/tenants"
    static let tenant = tenants + "/{tenant}"
    static let databases = tenant + "/databases"
    static let database = databases + "/{database}"
    static let collections = database + "/collections"
    static let collection = collections + "/{collection_id}"
    static let resource = api + "/collections/{crn}"
}
