import Access
import ChromaModel
import HTTPTypes
import Logging
import Platform

/// One line for each request, and one more when the server itself failed.
///
/// It names routes and tenants, never a token, a query string, a document or a body.
struct AccessLog: Sendable {
    let logger: Logger
    let time: any TimeSource

    /// Refusals at info, successes at debug: a busy server answers thousands a second, and whom
    /// a rate limit refuses may come as often. Why a credential was refused is said here and
    /// nowhere else.
    func answered(
        _ context: RequestContext, _ status: HTTPResponse.Status, _ failure: (any Error)?
    ) {
        let isNoteworthy = status.code >= 400 && status != .tooManyRequests
        let level: Logger.Level = isNoteworthy ? .info : .debug
        guard logger.logLevel <= level else { return }
        var fields = fields(context, status)
        if isNoteworthy, let client = context.client { fields["client"] = "\(client)" }
        if let refusal = AuthenticationRefusal(behind: failure) {
            fields["refusal"] = "\(refusal.rawValue)"
        }
        logger.log(level: level, "request", metadata: fields)
    }

    func failed(_ context: RequestContext, _ error: any Error) {
        if error is Refusal { return }
        if let error = error as? ServiceError, error.code.status.code < 500 { return }
        logger.error(
            "request failed",
            metadata: [
                "trace_id": "\(context.traceID?.description ?? "-")",
                "route": "\(Self.route(of: context))", "error": "\(error)",
            ])
    }

    private func fields(_ context: RequestContext, _ status: HTTPResponse.Status)
        -> Logger.Metadata
    {
        let micros = (time.monotonicNanoseconds() - context.acceptedAt) / 1000
        return [
            "method": "\(context.head.method.rawValue)", "route": "\(Self.route(of: context))",
            "status": "\(status.code)", "micros": "\(micros)",
            "trace_id": "\(context.traceID?.description ?? "-")",
            "tenant": "\(context.tenant?.value ?? "-")",
        ]
    }

    private static func route(of context: RequestContext) -> String {
        context.route?.template.description ?? "-"
    }
}
