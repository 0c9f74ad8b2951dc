import ChromaModel

/// A resource name: the path of what is meant, as in `tenants/acme/databases/prod` (AIP-122).
///
/// An id may hold any text, so `%` and `/` in one are written %25 and %2F.
package struct ResourceName: Sendable, Hashable, CustomStringConvertible {
    package let segments: [String]

    /// Segments as they are meant, not escaped.
    package init(_ segments: String...) { self.segments = segments }

    /// Reads a name of the given shape: literal collections and `*` for an id.
    ///
    /// - Throws: `invalidArgument`, naming the field and the shapes it may have.
    package init(
        parsing text: String, field: String, as shapes: [String]
    ) throws(ServiceError) {
        let parts = text.unicodeScalars.split(separator: "/", omittingEmptySubsequences: false)
            .map { String($0) }
        let segments = parts.compactMap { PercentEncoding.decoded($0) }
        guard shapes.contains(where: { Self.fits(parts, $0) }), segments.count == parts.count
        else {
            throw .invalid("\(field) must look like \(shapes.joined(separator: " or ")).")
        }
        self.segments = segments
    }

    package var description: String { segments.map(Self.escaped).joined(separator: "/") }

    /// One id, as it stands in a resource name.
    package static func escaped(_ id: String) -> String {
        var result = ""
        for scalar in id.unicodeScalars {
            switch scalar {
            case "%": result += "%25"
            case "/": result += "%2F"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func fits(_ parts: [String], _ shape: String) -> Bool {
        let wanted = shape.split(separator: "/")
        guard parts.count == wanted.count else { return false }
        return zip(parts, wanted).allSatisfy { $1 == "*" ? !$0.isEmpty : $0 == $1 }
    }
}

extension ResourceName {
    package static let tenantShape = "tenants/*"
    package static let databaseShape = "tenants/*/databases/*"
    package static let tokenShape = "tenants/*/tokens/*"
    package static let tenantOverrideShape = "tenants/*/quotaOverrides/*"
    package static let databaseOverrideShape = "tenants/*/databases/*/quotaOverrides/*"
    package static let usageExportShape = "tenants/*/usageExports/*"
    package static let receiptShape = "tenants/*/usageReceipts/*"
    package static let budgetShape = "tenants/*/budgets/*"
    package static let priceBookShape = "priceBooks/*"
    package static let operatorTokenShape = "tokens/*"
    package static let issuerShape = "issuers/*"
    package static let denialShape = "issuers/*/denials/*"
}
