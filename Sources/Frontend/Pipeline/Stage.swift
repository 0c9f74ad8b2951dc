/// One step of a request's way. It may add to the context or refuse by throwing, nothing else.
protocol Stage: Sendable {
    /// What its span is called.
    var name: String { get }

    /// Throws `ServiceError` or `Refusal` to refuse, `ClientGone` when nobody waits any more.
    func run(_ context: inout RequestContext) async throws
}
