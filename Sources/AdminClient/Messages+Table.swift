import FoundationEssentials
import SwiftProtobuf
import TesseraRPC

/// A message that the command line shows as a row.
package protocol TableRow: Message {
    static var emptyTable: TextTable { get }
    func append(to table: inout TextTable)
}

extension AdminTenant: TableRow {
    package static var emptyTable: TextTable {
        TextTable("TENANT", "STATE", "PLAN", "CREATED", "LABELS", "PURGED", "UID")
    }

    package func append(to table: inout TextTable) {
        let shownLabels = labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        table.add(
            lastSegment(of: name), state, plan, createTime.shown,
            shownLabels.isEmpty ? "-" : shownLabels.joined(separator: ","),
            hasPurgeTime ? purgeTime.shown : "-", uid)
    }
}

extension AdminAuditEvent: TableRow {
    package static var emptyTable: TextTable {
        TextTable("EVENT", "TIME", "WHAT", "RESOURCE", "RESULT", "WHO", "FROM")
    }

    package func append(to table: inout TextTable) {
        table.add(
            lastSegment(of: name), time.shown, event, resource.isEmpty ? "-" : resource, result,
            actor, address.isEmpty ? "-" : address)
    }
}

extension AdminDatabase: TableRow {
    package static var emptyTable: TextTable { TextTable("DATABASE", "ID", "CREATED") }

    package func append(to table: inout TextTable) {
        table.add(lastSegment(of: name), uid, createTime.shown)
    }
}

extension AdminToken: TableRow {
    package static var emptyTable: TextTable {
        TextTable(
            "KEY ID", "NAME", "ROLE", "DATABASES", "COLLECTIONS", "CREATED", "LAST USED",
            "EXPIRES", "REVOKED")
    }

    package func append(to table: inout TextTable) {
        table.add(
            lastSegment(of: name), displayName.isEmpty ? "-" : displayName, role,
            reach, collections.isEmpty ? "all" : collections, createTime.shown,
            hasLastUseTime ? lastUseTime.shown : "never", end,
            hasRevokeTime ? revokeTime.shown : "-")
    }
}

extension AdminIssuer: TableRow {
    package static var emptyTable: TextTable {
        TextTable("ISSUER", "URL", "AUDIENCES", "ALGORITHMS", "TENANTS", "ROLES")
    }

    package func append(to table: inout TextTable) {
        table.add(
            lastSegment(of: name), url, audiences.joined(separator: ","),
            algorithms.joined(separator: ","), reach,
            roles.map { "\($0.value)=\($0.role)" }.joined(separator: ","))
    }

    /// Which tenants its tokens are for, in a word.
    private var reach: String {
        if !tenant.isEmpty { return tenant }
        return tenants.isEmpty ? "any" : tenants.joined(separator: ",")
    }
}

extension AdminDenial: TableRow {
    package static var emptyTable: TextTable {
        TextTable("DENIAL", "DENIES", "ISSUED BEFORE", "CREATED", "EXPIRES")
    }

    package func append(to table: inout TextTable) {
        table.add(
            lastSegment(of: name), what, hasIssueTimeBefore ? issueTimeBefore.shown : "ever",
            createTime.shown, hasExpireTime ? expireTime.shown : "never")
    }

    private var what: String {
        if !tokenID.isEmpty { return "token \(tokenID)" }
        return subject.isEmpty ? "everyone" : "subject \(subject)"
    }
}

extension AdminToken {
    /// When it stops working by itself: a rotated one with its grace.
    private var end: String {
        if hasGraceEndTime { return graceEndTime.shown }
        return hasExpireTime ? expireTime.shown : "never"
    }

    /// Which databases it reaches, in a word.
    private var reach: String {
        if role == "operator" { return "-" }
        if !restricted { return "all" }
        return databases.isEmpty ? "none" : databases.joined(separator: ",")
    }
}

extension AdminQuota: TableRow {
    package static var emptyTable: TextTable {
        TextTable("USAGE TYPE", "LIMIT", "SOURCE", "USED")
    }

    package func append(to table: inout TextTable) {
        table.add(usageType, "\(limit)", source, hasUsed ? "\(used)" : "-")
    }
}

extension AdminQuotaOverride: TableRow {
    package static var emptyTable: TextTable {
        TextTable("USAGE TYPE", "LIMIT", "DATABASE", "EXPIRES", "BY", "REASON")
    }

    package func append(to table: inout TextTable) {
        table.add(
            usageType, "\(limit)", database ?? "all", hasExpireTime ? expireTime.shown : "never",
            approvedBy, reason)
    }

    /// nil when it is for the whole tenant.
    var database: String? {
        let segments = name.unicodeScalars.split(separator: "/")
        return segments.count == 6 ? PercentEncoding.decoded(String(segments[3])) : nil
    }
}

extension AdminPlan: TableRow {
    package static var emptyTable: TextTable { TextTable("PLAN", "MEANING") }

    package func append(to table: inout TextTable) { table.add(id, summary) }
}

/// The id at the end of a resource name, as the person typed it.
func lastSegment(of name: String) -> String {
    name.unicodeScalars.split(separator: "/").last
        .flatMap { PercentEncoding.decoded(String($0)) } ?? name
}

extension Google_Protobuf_Timestamp {
    /// RFC 3339 in UTC, to the second.
    var shown: String {
        Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
    }
}
