import Access
import ChromaModel
import GRPCCore
import Logging
import Platform
import SwiftProtobuf
import Telemetry
import TesseraRPC

/// The way of every call of the data service: trace, authenticate, authorise, admit, validate,
/// execute, meter, as the stages of an HTTP request.
struct DataGate: Sendable {
    let authenticator: Authenticator
    let authoriser: Authoriser
    let admission: Admission
    let metering: Metering
    let cpuPool: CPUPool
    let proxies: TrustedProxies
    let breaker: CircuitBreaker
    /// The most bytes that one request message may have.
    let requestBytesMax: Int
    let random: any RandomSource
    let time: any TimeSource
    let logger: Logger
    let metrics: RPCMetrics

    /// Answers a call. Throws an `RPCError` with the status of what refused it.
    ///
    /// - Parameter cancellation: ends the call's search.
    func pass<Input, Output>(
        _ request: StreamingServerRequest<Input>, from client: InternetAddress?,
        to method: DataMethod<Input, Output>,
        until cancellation: ServerContext.RPCCancellationHandle
    ) async throws -> ServerResponse<Output> {
        let trace =
            (TraceContext.current ?? request.metadata.traceContext).map { TraceID($0) }
            ?? TraceID(from: random)
        let answered: GRPCCore.Metadata = [Self.requestIDKey: "\(trace)"]
        let began = time.monotonicNanoseconds()
        do {
            try breaker.enter()
            defer { breaker.leave() }
            let output = try await answer(request, from: client, by: method, cancellation)
            finish(method.descriptor, trace, since: began, failure: nil)
            return ServerResponse(message: output, metadata: answered)
        } catch {
            finish(method.descriptor, trace, since: began, failure: error)
            throw Self.refusal(error, answered)
        }
    }

    private static let requestIDKey = "x-request-id"

    /// The message is read once it is known who sends it; when it was long in coming, that is
    /// asked again.
    private func answer<Input, Output>(
        _ request: StreamingServerRequest<Input>, from client: InternetAddress?,
        by method: DataMethod<Input, Output>,
        _ cancellation: ServerContext.RPCCancellationHandle
    ) async throws -> Output {
        let credential = request.metadata.credential
        let start = time.monotonicNanoseconds()
        var principal = try await Trace.step("authenticate") {
            try await authenticator.authenticate(presented: credential, from: client)
        }
        let message = try await ServerRequest(stream: request).message
        if AccessAge.isStale(since: start, time) {
            principal = try await authenticator.authenticate(presented: credential, from: client)
        }
        let action = try method.action(message)
        let scope = try await Trace.step("authorise") {
            try await authoriser.databaseScope(
                for: principal, action, tenant: TenantName(message.tenant),
                database: DatabaseName(message.database))
        }
        Trace.span?.add([
            Attribute("tessera.tenant", message.tenant),
            Attribute("tessera.database", message.database),
        ])
        do {
            let answer = try await answer(
                message, action, in: scope, by: method, cancellation)
            await metering.answered(action, in: scope?.tenantScope, answer.charge)
            return answer.output
        } catch {
            await metering.refused(error, in: scope?.tenantScope)
            throw error
        }
    }

    private func answer<Input, Output>(
        _ message: Input, _ action: Action, in scope: DatabaseScope?,
        by method: DataMethod<Input, Output>,
        _ cancellation: ServerContext.RPCCancellationHandle
    ) async throws -> Charged<Output> {
        let ticket = try await Trace.step("admit") {
            try await admission.admit(
                action, in: scope?.tenantScope, bodyBytes: message.packedBytes)
        }
        var queryUnits: Int?
        defer {
            ticket?.settle(RateUse(bodyBytes: message.packedBytes, queryUnits: queryUnits))
        }
        try NameRules.checkPath(DatabaseName(message.database))
        let operation = try await Trace.step("validate") {
            try await cpuPool.run(bytes: message.packedBytes) {
                try method.prepare(message, scope)
            }
        }
        let answer = try await Trace.step("execute") {
            guard action.readsRecords else { return try await operation() }
            return try await CallerWatch.run(cancellation, operation)
        }
        queryUnits = answer.charge?.queryUnits ?? 0
        return answer
    }

    /// What went wrong inside is for the log, not for the client.
    private static func refusal(_ error: any Error, _ metadata: GRPCCore.Metadata) -> RPCError {
        if var error = error as? RPCError {
            // The message itself could not be read.
            error.metadata.add(contentsOf: metadata)
            return error
        }
        if error is CancellationError {
            return RPCError(
                code: .cancelled, message: "The call was cancelled.", metadata: metadata)
        }
        guard let error = error as? ServiceError, error.code != .internalError else {
            return RPCError(
                code: .internalError,
                message:
                    "The call failed inside the server. Quote its x-request-id to the operator.",
                metadata: metadata)
        }
        return RPCError(
            code: error.code.wireStatus.grpc, message: error.message, metadata: metadata)
    }

    private func finish(
        _ method: MethodDescriptor, _ trace: TraceID, since began: UInt64,
        failure: (any Error)?
    ) {
        metrics.answered(
            method, nanoseconds: time.monotonicNanoseconds() - began, failure)
        log(method, trace, failure: failure)
    }

    /// Refusals at info, successes at debug, failures of the server itself as errors; never a
    /// token, a document or a vector.
    private func log(_ method: MethodDescriptor, _ trace: TraceID, failure: (any Error)?) {
        let code = failure.map(Self.code)
        var metadata: Logger.Metadata = [
            "method": "\(method)", "trace_id": "\(trace)", "result": "\(code?.rawValue ?? "ok")",
        ]
        if let refusal = AuthenticationRefusal(behind: failure) {
            metadata["refusal"] = "\(refusal.rawValue)"
        }
        if code == .internalError, let failure { metadata["error"] = "\(failure)" }
        let level: Logger.Level = code == nil ? .debug : code == .internalError ? .error : .info
        logger.log(level: level, "call", metadata: metadata)
    }
}

extension DataGate {
    /// A message that can't be read is the caller's fault.
    private static func code(of failure: any Error) -> ServiceError.Code {
        if failure is RPCError { return .invalidArgument }
        if failure is CancellationError { return .aborted }
        return (failure as? ServiceError)?.code ?? .internalError
    }
}

extension GRPCCore.Metadata {
    fileprivate var credential: String? {
        PresentedToken.text(
            chromaToken: joined(PresentedToken.chromaHeader),
            authorization: joined(PresentedToken.authorizationHeader))
    }

    private func joined(_ key: String) -> String? {
        let values = Array(self[stringValues: key])
        return values.isEmpty ? nil : values.joined(separator: ", ")
    }
}
