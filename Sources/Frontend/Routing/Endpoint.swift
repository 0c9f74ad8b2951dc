import Access
import ChromaModel

/// What remains of a request once everything about it was checked: the work itself.
typealias Operation = @Sendable () async throws -> Reply

/// What a route asks of the caller, and what it does for one who has it.
///
/// The function of a case gets exactly the proof that its access asks for. It checks the request
/// (path, query string, body) and returns the operation; it runs on a CPU thread when the body is
/// large, so it must not wait for anything.
enum Endpoint: Sendable {
    /// No credential: health and version.
    case open(@Sendable (Call) throws -> Operation)
    /// Any valid credential.
    case identified(@Sendable (Call, Principal) throws -> Operation)
    /// An action on the installation as a whole.
    case installation(Action, @Sendable (Call, Principal) throws -> Operation)
    /// An action inside the tenant that the path names.
    case tenant(Action, @Sendable (Call, Principal, TenantScope) throws -> Operation)
    /// An action inside the database that the path names. The scope is nil when the tenant has no
    /// such database, or none that the caller may know of.
    case database(Action, @Sendable (Call, DatabaseScope?) throws -> Operation)
    /// What the body says, inside the database that the path names: the caller must be allowed
    /// one of the actions to be heard, and the function asks for the ones that are meant.
    case oneOf(Action, [Action], @Sendable (Call, Principal, DatabaseScope?) throws -> Operation)
    /// An action on the collection that the path names by CRN. The scope is nil as above.
    case resource(Action, @Sendable (CollectionResourceName, DatabaseScope?) throws -> Operation)

    /// What the caller must be allowed, or one of it; nil when a credential is enough or not
    /// needed.
    var action: Action? {
        switch self {
        case .open, .identified: nil
        case .installation(let action, _): action
        case .tenant(let action, _): action
        case .database(let action, _): action
        case .oneOf(let action, _, _): action
        case .resource(let action, _): action
        }
    }

    /// Whether it answers callers without a credential.
    var isOpen: Bool {
        if case .open = self { true } else { false }
    }
}
