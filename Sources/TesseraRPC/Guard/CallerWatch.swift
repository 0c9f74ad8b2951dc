import GRPCCore
import ServiceLifecycle

/// Has work end when nobody waits for it any more.
package enum CallerWatch {
    /// Runs the work, and cancels it when the caller hangs up or its connection breaks.
    ///
    /// gRPC signals a graceful shutdown in the same way; but then the caller waits, and the work
    /// is finished.
    ///
    /// - Throws: `CancellationError` when the caller has gone, else what the work throws.
    package static func run<Value: Sendable>(
        _ cancellation: ServerContext.RPCCancellationHandle,
        _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            defer { group.cancelAll() }
            group.addTask { try await work() }
            group.addTask {
                try await cancellation.cancelled
                guard Task.isShuttingDownGracefully else { throw CancellationError() }
                return nil
            }
            while let ended = try await group.next() {
                if let value = ended { return value }
            }
            throw CancellationError()
        }
    }
}
