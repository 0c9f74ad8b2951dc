import Access
import ChromaModel
import TenantEngine
import TesseraRPC

/// One call of a peer that may make calls.
struct EngineCall: Sendable {
    let engines: any EngineClient
    let receiver: ScopeReceiver

    /// Throws `internalError`.
    func scope(_ message: EngineDatabaseScope) throws -> DatabaseScope {
        try message.scope(by: receiver)
    }

    /// Throws `internalError`.
    func scope(_ message: EngineTenantScope) throws -> TenantScope {
        try message.scope(by: receiver)
    }
}
