import Access

/// Does what was asked.
struct ExecuteStage: Stage {
    var name: String { "execute" }

    /// Throws what the operation throws.
    func run(_ context: inout RequestContext) async throws {
        guard let operation = context.operation else { return }
        context.reply = try await RequestOrigin.$current.withValue(context.origin) {
            try await operation()
        }
        // The operation holds the decoded request: let it go before the answer is encoded.
        context.operation = nil
    }
}
