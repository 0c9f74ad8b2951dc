import Access
import ChromaModel
import Platform
import Postgres

/// Which events a list shows.
package struct AuditSelection: Sendable {
    /// nil: of every tenant, and of none.
    package var tenant: TenantName?
    /// Unix time, inclusive.
    package var fromMilliseconds: UInt64?
    /// Unix time, exclusive.
    package var untilMilliseconds: UInt64?

    package init(
        tenant: TenantName? = nil, fromMilliseconds: UInt64? = nil,
        untilMilliseconds: UInt64? = nil
    ) {
        self.tenant = tenant
        self.fromMilliseconds = fromMilliseconds
        self.untilMilliseconds = untilMilliseconds
    }
}

extension ControlPlane {
    private static let verifyBatch = 1000

    /// Writes the event of a call that changed nothing here: one that was refused, or whose work
    /// lies elsewhere. Does nothing when it is written already.
    package func audit(_ call: AdminCall, refusal: ServiceError.Code?) async throws {
        guard !call.isRecorded else { return }
        let now = time.unixMilliseconds()
        try await translatingErrors {
            try await pool.transaction { transaction in
                guard let refusal else {
                    return try await call.recordSuccess(at: time, in: transaction)
                }
                try await AuditStore.append(
                    call.draft(result: refusal.rawValue), atMilliseconds: now, in: transaction)
            }
        }
        call.markRecorded()
    }

    /// The audit log, newest first.
    package func listAuditEvents(_ selection: AuditSelection, page: PageRequest) async throws
        -> Page<AuditEvent>
    {
        let before = try PageToken.numberPosition(in: page, of: .auditEvents)
        let events = try await translatingErrors {
            try await AuditStore.list(
                selection, before: before, limit: page.size + 1, in: pool)
        }
        return .cut(events, page, of: .auditEvents) { "\($0.number)" }
    }

    /// Checks the audit log from its first event to its last.
    package func verifyAuditLog() async throws -> AuditVerification {
        try await translatingErrors {
            // One moment's view, whatever is added meanwhile.
            try await pool.transaction { transaction in
                try await transaction.query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                var check = AuditVerification()
                while true {
                    let events = try await AuditStore.events(
                        after: check.number, limit: Self.verifyBatch, in: transaction)
                    for event in events { check.read(event) }
                    if events.count < Self.verifyBatch { break }
                }
                check.finish(try await AuditStore.head(in: transaction))
                return check
            }
        }
    }
}
