import ChromaModel
import Crypto

/// What an event says, before it has a place in the chain.
struct AuditDraft: Sendable {
    let actor: String
    let method: String
    let event: String
    /// A tenant's name; empty for none.
    let tenant: String
    let resource: String
    let requestID: UniqueID
    /// Empty when it is not known.
    let address: String
    /// `AuditEvent.success`, or the code of the refusal.
    let result: String
}

/// One line of the audit log.
package struct AuditEvent: Sendable {
    package static let success = "ok"

    /// Counts from 1, without gaps.
    package let number: Int64
    package let atMilliseconds: UInt64
    let draft: AuditDraft
    let previousHash: [UInt8]
    let hash: [UInt8]

    package var actor: String { draft.actor }
    package var method: String { draft.method }
    package var event: String { draft.event }
    package var tenant: String { draft.tenant }
    package var resource: String { draft.resource }
    package var requestID: UniqueID { draft.requestID }
    package var address: String { draft.address }
    package var result: String { draft.result }
}

extension AuditEvent {
    /// The next event of a chain.
    init(_ draft: AuditDraft, after head: AuditHead, atMilliseconds time: UInt64) {
        let number = head.number + 1
        self.init(
            number: number, atMilliseconds: time, draft: draft, previousHash: head.hash,
            hash: Self.hash(number, time, draft, after: head.hash))
    }

    /// Whether the hash is that of what the event says.
    var isGenuine: Bool {
        hash == Self.hash(number, atMilliseconds, draft, after: previousHash)
    }

    /// SHA-256 of the hash before and of every field, each behind its length in bytes, so that no
    /// two events are written alike.
    private static func hash(
        _ number: Int64, _ time: UInt64, _ draft: AuditDraft, after previous: [UInt8]
    ) -> [UInt8] {
        var hasher = SHA256()
        hasher.update(data: previous)
        let fields = [
            "\(number)", "\(time)", draft.actor, draft.method, draft.event, draft.tenant,
            draft.resource, draft.requestID.description, draft.address, draft.result,
        ]
        for field in fields { hasher.update(data: Array("\(field.utf8.count):\(field)".utf8)) }
        return Array(hasher.finalize())
    }
}

/// The newest event of the chain.
struct AuditHead: Sendable, Equatable {
    /// 0 when there is none.
    let number: Int64
    let hash: [UInt8]

    /// Before the first event.
    static let start = AuditHead(number: 0, hash: [UInt8](repeating: 0, count: 32))
}
