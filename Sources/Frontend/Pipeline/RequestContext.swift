import Access
import ChromaModel
import HTTPTypes
import Telemetry

/// What is known of one request on its way. Each stage fills the part that is its own.
struct RequestContext {
    /// Method, path and header fields, as they came.
    let head: HTTPRequest
    /// Where it comes from, seen through trusted proxies; nil when that has no address.
    let client: InternetAddress?
    /// When it was accepted, in monotonic nanoseconds.
    let acceptedAt: UInt64
    /// The body, unread until the validate stage.
    var body: RequestBodyReader

    /// Trace: the id that the answer and the logs carry.
    var traceID: TraceID?
    /// Trace: the request's span; nil while traces are off.
    var span: ActiveSpan?
    /// Route: what was asked for.
    var route: Route?
    var call = Call()
    /// Authenticate: who asks; nil on open routes.
    var principal: Principal?
    /// Authorise: the tenant that the caller may work in; for the log.
    var tenant: TenantName?
    /// Authorise: that tenant and what it may use; nil where a request is about none.
    var scope: TenantScope?
    /// Admit: what the request holds of its tenant's rates until it ends.
    var ticket: Admission.Ticket?
    /// Receive: how many bytes the body had.
    var bodyBytes = 0
    /// Authorise: the route's function, bound to the proof of what the caller may.
    var prepare: (@Sendable (Call) throws -> Operation)?
    /// Validate: the work, with everything about the request checked.
    var operation: Operation?
    /// Execute: what to answer.
    var reply: Reply?

    init(
        head: HTTPRequest, body: RequestBodyReader, client: InternetAddress?, acceptedAt: UInt64
    ) {
        self.head = head
        self.body = body
        self.client = client
        self.acceptedAt = acceptedAt
    }

    /// For the audit log, where it is about which tenants and databases there are.
    var origin: RequestOrigin? {
        guard let principal, let action = route?.endpoint.action, action.changesDirectory,
            let traceID
        else { return nil }
        return RequestOrigin(
            actor: principal.credential.description, action: action,
            requestID: traceID.uniqueID, address: client?.description)
    }

    /// What it used of its tenant's rates, as far as it came.
    var rateUse: RateUse {
        RateUse(bodyBytes: bodyBytes, queryUnits: reply.map { $0.charge?.queryUnits ?? 0 })
    }
}
