import Access
import ChromaModel
import HTTPServing

/// Does what was asked.
struct ExecuteStage: Stage {
    var name: String { "execute" }

    /// Throws what the operation throws, `ClientGone` when nobody waits for what it reads.
    func run(_ context: inout RequestContext) async throws {
        guard let operation = context.operation else { return }
        context.reply = try await RequestOrigin.$current.withValue(context.origin) {
            guard context.route?.endpoint.action?.readsRecords ?? false,
                let client = ClientPresence.current
            else { return try await operation() }
            return try await read(operation, for: client)
        }
        // The operation holds the decoded request: let it go before the answer is encoded.
        context.operation = nil
    }

    /// Work that ends when its client leaves.
    private func read(_ operation: Operation, for client: ClientPresence) async throws -> Reply {
        do {
            return try await client.whileThere(operation)
        } catch {
            // Whatever breaking it off led to.
            if Task.isCancelled && client.isGone { throw ClientGone(cause: error) }
            guard error is CancellationError else { throw error }
            throw ServiceError(
                .unavailable, "The server is shutting down; try again.", cause: error)
        }
    }
}
