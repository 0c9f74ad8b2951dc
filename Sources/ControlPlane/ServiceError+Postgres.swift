import ChromaModel
import Postgres

/// Runs a body, turning what the database says into `ServiceError`.
func translatingErrors<Value>(_ body: () async throws -> Value) async throws -> Value {
    do {
        return try await body()
    } catch {
        throw ServiceError(translating: error)
    }
}

extension ServiceError {
    /// The error as callers of the control plane know it.
    init(translating error: any Error) {
        self =
            switch error {
            case let error as ServiceError: error
            case let error as PostgresError: error.serviceError
            default:
                ServiceError(
                    .internalError, "The control plane failed; see its log.", cause: error)
            }
    }
}
