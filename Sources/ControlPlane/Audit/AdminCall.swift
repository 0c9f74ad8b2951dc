import Access
import ChromaModel
import Platform
import Postgres
import Synchronization
import Telemetry

/// One call of the admin API while it runs: what the audit log will say of it.
///
/// It travels as a task-local value, so that whatever transaction the call leads to can write the
/// event into itself: a change and its event are committed together or not at all.
package final class AdminCall: Sendable {
    @TaskLocal package static var current: AdminCall?

    /// Who calls, by the name that may be shown.
    package let actor: String
    /// As gRPC names it: service/method.
    package let method: String
    /// For example "tenant.created".
    package let event: String
    package let requestID: UniqueID
    /// Where the caller is; nil when that is not known.
    package let address: String?

    private struct State {
        var resource = ""
        var tenant: TenantName?
        var idempotency: IdempotencyKey?
        var isRecorded = false
        var lapsedNodes: [String] = []
    }

    private let state = Mutex(State())

    package init(
        actor: String, method: String, event: String, requestID: UniqueID, address: String?
    ) {
        self.actor = actor
        self.method = method
        self.event = event
        self.requestID = requestID
        self.address = address
    }

    /// The server's own doing.
    convenience init(serverMethod event: String, random: any RandomSource) {
        self.init(
            actor: "server", method: "server", event: event,
            requestID: UniqueID(version4From: random.pair()), address: nil)
    }

    /// Says what the call is about; the last word counts.
    package func note(resource: String, tenant: TenantName?) {
        state.withLock { state in
            state.resource = resource
            state.tenant = tenant
        }
    }

    /// Has the call's change remember the request, so that it is made once.
    package func note(idempotency key: IdempotencyKey) { state.withLock { $0.idempotency = key } }

    /// Nodes that did not confirm the call's change; they let nobody in before they heard of it.
    package var lapsedNodes: [String] { state.withLock { $0.lapsedNodes } }

    func note(lapsedNodes nodes: [String]) { state.withLock { $0.lapsedNodes = nodes } }

    /// Whether the event is in the log.
    package var isRecorded: Bool { state.withLock { $0.isRecorded } }

    func markRecorded() { state.withLock { $0.isRecorded = true } }

    var tenant: TenantName? { state.withLock { $0.tenant } }

    /// Writes the event of a success, and the request's id, into the transaction that changes
    /// something. `markRecorded()` once that is committed.
    func recordSuccess(at time: any TimeSource, in transaction: PostgresTransaction) async throws {
        guard !isRecorded else { return }
        if let key = state.withLock({ $0.idempotency }) {
            try await IdempotencyStore.insert(
                key, tenant: tenant, atMilliseconds: time.unixMilliseconds(), in: transaction)
        }
        try await AuditStore.append(
            draft(result: AuditEvent.success), atMilliseconds: time.unixMilliseconds(),
            in: transaction)
    }

    /// The event, but for its place in the chain.
    func draft(result: String) -> AuditDraft {
        let (resource, tenant) = state.withLock { ($0.resource, $0.tenant?.value ?? "") }
        // Names come from the caller, who may have put a token in their place.
        return AuditDraft(
            actor: actor, method: method, event: event, tenant: Redaction.blotted(tenant),
            resource: Redaction.blotted(resource), requestID: requestID,
            address: address ?? "", result: result)
    }
}
