import Access
import ChromaModel
import Logging
import TesseraRPC

/// What every call of the admin API passes through, over gRPC and HTTP alike: who calls, may
/// they, do it, and say in the log what came of it.
struct AdminGate: Sendable {
    let authenticator: Authenticator
    let logger: Logger

    /// Runs `work` for the caller that `credential` proves.
    ///
    /// - Parameter peer: the numeric address of the connection's other end, if it has one.
    /// - Throws: `unauthenticated`, `permissionDenied`, or what `work` throws. Anything that isn't
    ///   a `ServiceError` becomes an `internalError` that names only the request.
    func pass<Output>(
        _ method: AdminMethod, credential: String?, from peer: String?, request: RequestID,
        _ work: (Principal) async throws -> Output
    ) async throws(ServiceError) -> Output {
        var caller: Principal?
        do {
            let principal = try await authenticator.authenticate(
                presented: credential, from: peer.flatMap { InternetAddress($0) })
            caller = principal
            try authorise(principal, method)
            let output = try await work(principal)
            record(method, caller: principal, request, outcome: nil)
            return output
        } catch {
            record(method, caller: caller, request, outcome: error)
            throw error as? ServiceError ?? Self.unexpected(error, request)
        }
    }

    /// A method whose permission is unknown to `Access` is refused to everyone.
    private func authorise(_ principal: Principal, _ method: AdminMethod) throws(ServiceError) {
        guard let permission = method.required, principal.holds(permission) else {
            throw .adminDenied
        }
    }

    /// Changes are always in the log; reads when they failed.
    private func record(
        _ method: AdminMethod, caller: Principal?, _ request: RequestID, outcome: (any Error)?
    ) {
        let failure = outcome.map { $0 as? ServiceError ?? Self.unexpected($0, request) }
        guard method.auditEvent != nil || failure != nil else { return }
        var metadata: Logger.Metadata = [
            "method": "\(method.service)/\(method.name)",
            "event": "\(method.auditEvent ?? "read")",
            "caller": "\(caller?.credential.description ?? "unknown")",
            "request_id": "\(request)",
            "result": "\(failure?.code.rawValue ?? "ok")",
        ]
        if let cause = failure?.cause { metadata["cause"] = "\(cause)" }
        logger.log(
            level: failure?.code == .internalError ? .error : .info, "admin call",
            metadata: metadata)
    }

    private static func unexpected(_ error: any Error, _ request: RequestID) -> ServiceError {
        ServiceError(
            .internalError,
            "Something went wrong here, not in your request. Tell the operator request \(request).",
            cause: error)
    }
}

extension AdminMethod {
    /// The permission as `Access` knows it.
    var required: Permission? { Permission(rawValue: permission) }
}
