import ChromaModel
import HTTPTypes
import NIOCore

/// Reads the body of a request whose caller is allowed to send it, and checks everything about
/// the request that can be checked without the data.
struct ValidateStage: Stage {
    let bodyBytesMax: Int
    let cpuPool: CPUPool

    /// Throws `unsupportedMediaType`, `payloadTooLarge`, and what the route's function throws.
    func run(_ context: inout RequestContext) async throws {
        guard let route = context.route, let prepare = context.prepare else { return }
        if route.body == .json {
            try Self.checkMediaType(context.head.headerFields[.contentType])
            context.call.body = try await context.body.collect(upTo: bodyBytesMax)
        }
        let path = context.call.path
        if path.contains(.database) { try NameRules.checkPath(path.database) }
        let call = context.call
        context.operation = try await cpuPool.run(bytes: call.body.readableBytes) {
            try prepare(call)
        }
        context.call.body.clear()
    }

    /// Absent, `application/json` or `application/…+json`, with any parameters (protocol §1.1).
    static func checkMediaType(_ value: String?) throws {
        guard let value else { return }
        let essence = value.prefix { $0 != ";" }.lowercased()
            .trimmingPrefix(while: \.isWhitespace)
        let name = essence.prefix { !$0.isWhitespace }
        guard name == "application/json" || Self.isJSONDialect(name) else {
            throw ServiceError(
                .unsupportedMediaType,
                "Expected request with `Content-Type: application/json`")
        }
    }

    private static func isJSONDialect(_ name: Substring) -> Bool {
        name.hasPrefix("application/") && name.hasSuffix("+json")
    }
}
