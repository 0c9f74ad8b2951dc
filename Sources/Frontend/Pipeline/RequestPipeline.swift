import ChromaModel
import HTTPTypes
import HummingbirdCore
import Platform
import Telemetry

/// The way of every request: its stages in order, then the encoding of what came of it.
struct RequestPipeline: Sendable {
    let stages: [any Stage]
    let breaker: CircuitBreaker
    let encoder: EncodeStage
    let metering: Metering
    let log: AccessLog
    let metrics: HTTPMetrics
    let time: any TimeSource

    /// Answers one request, whatever becomes of it. Throws `ClientGone` when nobody is there to
    /// be answered.
    func respond(to context: inout RequestContext) async throws -> Response {
        defer { context.ticket?.settle(context.rateUse) }
        var isCounted = false
        defer { if isCounted { breaker.leave() } }
        let response: Response
        var failure: (any Error)?
        do {
            for stage in stages {
                // What is open says whether the server is up, also when it has too much to do.
                if !isCounted, let route = context.route, !route.endpoint.isOpen {
                    try breaker.enter()
                    isCounted = true
                }
                try await context.traced(stage)
            }
            guard let reply = context.reply else {
                throw ServiceError(.internalError, "No stage answered the request.")
            }
            response = try await encoded(reply, for: context)
        } catch let error as ClientGone {
            finish(context, .clientClosedRequest, error)
            throw error
        } catch {
            failure = error
            await metering.refused(error, in: context.scope)
            context.inSpan { log.failed(context, error) }
            response = encoder.encode(error, for: context)
        }
        finish(context, response.status, failure)
        return response
    }

    /// Says what became of a request: metrics, the log and its span.
    private func finish(
        _ context: RequestContext, _ status: HTTPResponse.Status, _ failure: (any Error)?
    ) {
        metrics.answered(
            context, status, nanoseconds: time.monotonicNanoseconds() - context.acceptedAt,
            failure)
        context.inSpan { log.answered(context, status, failure) }
        context.endSpan(status, failure)
    }

    private func encoded(_ reply: Reply, for context: RequestContext) async throws -> Response {
        try await context.traced("encode") { try await encoder.encode(reply, for: context) }
    }
}
