import ChromaModel
import NIOCore

/// Checks everything about the request that can be checked without the data.
struct ValidateStage: Stage {
    let cpuPool: CPUPool
    var name: String { "validate" }

    /// Throws what the route's function throws.
    func run(_ context: inout RequestContext) async throws {
        guard let prepare = context.prepare else { return }
        let path = context.call.path
        if path.contains(.database) { try NameRules.checkPath(path.database) }
        let call = context.call
        context.operation = try await cpuPool.run(bytes: call.body.readableBytes) {
            try prepare(call)
        }
        context.call.body.clear()
    }
}
