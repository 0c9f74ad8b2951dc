import ChromaModel
import HTTPTypes
import NIOCore

/// Reads the body of a request whose caller is allowed to send it.
struct ReceiveStage: Stage {
    let bodyBytesMax: Int
    var name: String { "receive" }

    /// Throws `unsupportedMediaType` and `payloadTooLarge`.
    func run(_ context: inout RequestContext) async throws {
        guard context.route?.body == .json else { return }
        try Self.checkMediaType(context.head.headerFields.value(of: .contentType))
        context.call.body = try await context.body.collect(upTo: bodyBytesMax)
        context.bodyBytes = context.call.body.readableBytes
    }

    /// Absent, `application/json` or `application/…+json`, with any parameters (protocol §1.1).
    static func checkMediaType(_ value: String?) throws {
        guard let value, value != "application/json" else { return }
        let essence = value.prefix { $0 != ";" }.lowercased()
            .trimmingPrefix(while: \.isWhitespace)
        let name = essence.prefix { !$0.isWhitespace }
        guard name == "application/json" || isJSONDialect(name) else {
            throw ServiceError(
                .unsupportedMediaType,
                "Expected request with `Content-Type: application/json`")
        }
    }

    private static func isJSONDialect(_ name: Substring) -> Bool {
        name.hasPrefix("application/") && name.hasSuffix("+json")
    }
}
