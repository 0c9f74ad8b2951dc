/// Sends encoded requests to one target.
protocol OTLPSender: Sendable {
    /// Sends once. Throws `OTLPRefusal`.
    func send(_ request: [UInt8]) async throws(OTLPRefusal)
    /// Closes its connections.
    func close() async
}

/// Why a request was not taken.
struct OTLPRefusal: Error, CustomStringConvertible {
    /// Whether the same request may be taken later (OTLP, "Failures").
    let isRetryable: Bool
    /// When the receiver asks to come again; nil when it doesn't say.
    let retryAfterMilliseconds: Int?
    /// Without anything that was sent.
    let description: String

    init(_ description: String, isRetryable: Bool, retryAfterMilliseconds: Int? = nil) {
        self.description = description
        self.isRetryable = isRetryable
        self.retryAfterMilliseconds = retryAfterMilliseconds
    }
}
