import Access
import ChromaModel
import ControlPlane
import Logging
import TesseraRPC

/// What every call of the admin API passes through, over gRPC and HTTP alike: who calls, may
/// they, do it, and say in the audit log and the server's what came of it.
struct AdminGate: Sendable {
    let authenticator: Authenticator
    let controlPlane: ControlPlane
    let proxies: TrustedProxies
    let logger: Logger

    /// Runs `work` for the caller that `credential` proves.
    ///
    /// - Parameters:
    ///   - client: where the call comes from, if that has an address.
    ///   - resource: what it is about, as far as that is known before the request is read.
    /// - Throws: `unauthenticated`, `permissionDenied`, or what `work` throws. Anything that isn't
    ///   a `ServiceError` becomes an `internalError` that names only the request.
    func pass<Output>(
        _ method: AdminMethod, credential: String?, from client: InternetAddress?,
        request: RequestID, about resource: String, _ work: (Principal) async throws -> Output
    ) async throws(ServiceError) -> Output {
        var caller: Principal?
        do {
            let principal = try await authenticator.authenticate(
                presented: credential, from: client)
            caller = principal
            let call = method.auditEvent.map { event in
                AdminCall(
                    actor: principal.credential.description, method: method.fullName,
                    event: event, requestID: request.uuid, address: client?.description)
            }
            call?.note(resource: resource, tenant: TenantName(inResource: resource))
            let output = try await audited(call) {
                try authorise(principal, method)
                return try await controlPlane.confined(to: principal.tenant) {
                    try await work(principal)
                }
            }
            record(method, caller: principal, request, outcome: nil)
            return output
        } catch {
            record(method, caller: caller, request, outcome: error)
            throw error as? ServiceError ?? Self.unexpected(error, request)
        }
    }

    /// Runs the work of a call, and sees to it that the audit log has an event of it: where the
    /// work has written none, because it was refused or changed nothing here, it is written now.
    /// A caller who proved nothing is in the server's log alone: anyone could fill the other.
    private func audited<Output>(
        _ call: AdminCall?, _ work: () async throws -> Output
    ) async throws -> Output {
        guard let call else { return try await work() }
        do {
            let output = try await AdminCall.$current.withValue(call) { try await work() }
            await audit(call, refusal: nil)
            return output
        } catch {
            await audit(call, refusal: (error as? ServiceError)?.code ?? .internalError)
            throw error
        }
    }

    /// A change is never without its event, which its transaction wrote. What is written here is
    /// worth a warning when it can't be, not a refusal of what is done already.
    private func audit(_ call: AdminCall, refusal: ServiceError.Code?) async {
        do {
            try await controlPlane.audit(call, refusal: refusal)
        } catch {
            logger.error(
                "an admin call is missing in the audit log",
                metadata: ["request_id": "\(call.requestID)", "error": "\(error)"])
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
            "method": "\(method.fullName)",
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
