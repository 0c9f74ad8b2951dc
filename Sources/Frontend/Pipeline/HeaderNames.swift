import Access
import HTTPTypes

extension HTTPField.Name {
    // The literals are valid field names, so the initialisers don't return nil.
    static let chromaToken = HTTPField.Name("x-chroma-token")!
    static let chromaTraceID = HTTPField.Name("chroma-trace-id")!
    static let requestID = HTTPField.Name("x-request-id")!
    static let rateLimit = HTTPField.Name("ratelimit")!
    static let rateLimitPolicy = HTTPField.Name("ratelimit-policy")!
    static let tracestate = HTTPField.Name("tracestate")!
    static let forwardedFor = HTTPField.Name(TrustedProxies.field)!
    static let traceparent = HTTPField.Name("traceparent")!
}
