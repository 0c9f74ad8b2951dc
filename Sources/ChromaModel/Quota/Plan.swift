/// A limit for every usage type, under a name that tenants are put on.
///
/// Plans are the release's, not rows of a table: they can't drift, and a release changes one as a
/// whole. What a single tenant or database needs instead is a `QuotaOverride`.
package enum Plan: String, Sendable, CaseIterable {
    /// The published limits of Chroma Cloud.
    case chromaCloud = "chroma-cloud"
    /// Generous, every bound finite: for the teams of one house.
    case selfHosted = "self-hosted"

    package func limit(of usage: UsageType) -> Int {
        switch self {
        case .chromaCloud: usage.row.cloud
        case .selfHosted: usage.row.selfHosted
        }
    }

    /// One sentence for the person who chooses.
    package var summary: String {
        switch self {
        case .chromaCloud: "The published limits of Chroma Cloud."
        case .selfHosted: "Generous bounds for the teams of one house."
        }
    }

    /// The plan of that name. Throws `invalidArgument`, naming those there are.
    package static func named(_ name: String) throws(ServiceError) -> Plan {
        guard let plan = allCases.first(where: { $0.rawValue.isByteEqual(to: name) }) else {
            let names = allCases.map(\.rawValue).joined(separator: ", ")
            throw .invalid("There is no plan \(name); choose one of \(names).")
        }
        return plan
    }
}
