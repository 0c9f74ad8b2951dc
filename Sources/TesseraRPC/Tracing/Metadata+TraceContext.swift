import GRPCCore
import Telemetry

extension Metadata {
    /// The caller's span; nil when it sent none.
    package var traceContext: TraceContext? {
        guard let parent = first(TraceContext.parentKey) else { return nil }
        return TraceContext(traceparent: parent, tracestate: first(TraceContext.stateKey))
    }

    mutating func set(_ trace: TraceContext) {
        replaceOrAddString(trace.traceparent, forKey: TraceContext.parentKey)
        guard !trace.state.isEmpty else { return }
        replaceOrAddString(trace.state, forKey: TraceContext.stateKey)
    }

    private func first(_ key: String) -> String? { self[stringValues: key].first { _ in true } }
}

extension MethodDescriptor {
    /// Semantic conventions for RPC.
    var attributes: [Attribute] {
        [
            Attribute("rpc.system.name", "grpc"),
            Attribute("rpc.method", fullyQualifiedMethod),
        ]
    }
}

extension ActiveSpan {
    /// Marks a call as failed; nil: by an error that is no status.
    func fail(_ error: RPCError?) {
        let code = error.map { "\($0.code)" } ?? "unknown"
        add([Attribute("rpc.response.status_code", code)])
        fail(code)
    }
}
