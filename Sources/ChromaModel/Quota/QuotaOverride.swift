/// A limit that one tenant, or one database of it, has in the place of its plan's.
package struct QuotaOverride: Sendable, Hashable {
    /// The largest limit there can be: every bound is finite.
    package static let limitMax = 1_000_000_000_000
    /// Longest reason, in bytes.
    package static let reasonBytesMax = 1024

    package let usage: UsageType
    package let limit: Int
    /// The database it is for; nil means the whole tenant.
    package let database: DatabaseID?
    package let databaseName: DatabaseName?
    /// Unix time in milliseconds from which it no longer counts; nil means never.
    package let expiresAtMilliseconds: UInt64?
    /// Why there is one.
    package let reason: String
    /// Who made it: the public part of a token.
    package let approvedBy: String
    package let createdAtMilliseconds: UInt64

    package init(
        usage: UsageType, limit: Int, database: DatabaseID? = nil,
        databaseName: DatabaseName? = nil, expiresAtMilliseconds: UInt64? = nil, reason: String,
        approvedBy: String, createdAtMilliseconds: UInt64
    ) {
        self.usage = usage
        self.limit = limit
        self.database = database
        self.databaseName = databaseName
        self.expiresAtMilliseconds = expiresAtMilliseconds
        self.reason = reason
        self.approvedBy = approvedBy
        self.createdAtMilliseconds = createdAtMilliseconds
    }

    package func isInForce(atMilliseconds now: UInt64) -> Bool {
        expiresAtMilliseconds.map { now < $0 } ?? true
    }

    /// Throws `invalidArgument` for what no override can be.
    package func validate(atMilliseconds now: UInt64) throws(ServiceError) {
        guard (0...Self.limitMax).contains(limit) else {
            throw .invalid("limit must be 0 to \(Self.limitMax).")
        }
        guard database == nil || !usage.isOfTenant else {
            throw .invalid(
                "\(usage.rawValue) is counted for the whole tenant; leave the database out.")
        }
        guard (1...Self.reasonBytesMax).contains(reason.utf8.count), !reason.utf8.contains(0)
        else {
            throw .invalid("Give a reason of at most \(Self.reasonBytesMax) bytes.")
        }
        guard isInForce(atMilliseconds: now) else {
            throw .invalid("expire_time must be in the future.")
        }
    }
}

extension UsageType {
    /// The usage type of that name. Throws `invalidArgument`.
    package static func named(_ name: String) throws(ServiceError) -> UsageType {
        guard let usage = allCases.first(where: { $0.rawValue.isByteEqual(to: name) }) else {
            throw .invalid("There is no usage type \(name); GET the tenant's quotas lists them.")
        }
        return usage
    }
}
