import ChromaModel
import NIOCore

/// The limits that a tenant, or one of its databases, is held to.
package enum LimitsResponse {
    /// - Parameter database: nil for what is outside any database.
    package static func write(
        _ quotas: EffectiveQuotas, tenant: TenantName, database: DatabaseName?,
        into buffer: inout ByteBuffer
    ) {
        JSONWriter.append(to: &buffer) { writer in
            writer.raw("{\"tenant\":")
            writer.string(tenant.value)
            writer.raw(",\"database\":")
            writer.nullable(database) { $0.string($1.value) }
            writer.raw(",\"plan\":")
            writer.string(quotas.plan.rawValue)
            writer.raw(",\"limits\":")
            writer.array(UsageType.allCases) { $0.limit(of: $1, in: quotas) }
            writer.raw("}")
        }
    }
}

extension JSONWriter {
    fileprivate mutating func limit(of usage: UsageType, in quotas: EffectiveQuotas) {
        raw("{\"usage_type\":")
        string(usage.rawValue)
        raw(",\"display_name\":")
        string(usage.displayName)
        raw(",\"unit\":")
        string(usage.unit.rawValue)
        raw(",\"limit\":")
        integer(quotas[usage])
        raw(",\"source\":")
        string(quotas.source(of: usage).rawValue)
        raw("}")
    }
}
