import ChromaModel

/// Where a change that Chroma's own routes ask for comes from, for the audit log.
///
/// It travels as a task-local value from the request's pipeline to whoever makes the change, in
/// this process or, inside the call's message, in another.
package struct RequestOrigin: Sendable, Equatable {
    @TaskLocal package static var current: RequestOrigin?

    /// Who asks, by the name that may be shown: `CredentialID.description`.
    package let actor: String
    /// The route, by upstream's name of its action.
    package let action: Action
    /// That of the `x-request-id` in the answer.
    package let requestID: UniqueID
    /// The numeric address of the connection's other end; nil when it has none.
    package let address: String?

    package init(actor: String, action: Action, requestID: UniqueID, address: String?) {
        self.actor = actor
        self.action = action
        self.requestID = requestID
        self.address = address
    }
}

extension Action {
    /// Whether it changes which tenants and databases there are: those are in the audit log.
    package var changesDirectory: Bool {
        switch self {
        case .reset, .createTenant, .updateTenant, .createDatabase, .deleteDatabase: true
        default: false
        }
    }
}
