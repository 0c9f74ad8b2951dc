import ChromaModel
import ChromaWire
import HTTPTypes
import HummingbirdCore
import NIOCore
import RateLimits

/// Turns what came of a request into the response: the one place that knows statuses, header
/// fields and error bodies.
struct EncodeStage: Sendable {
    let cpuPool: CPUPool
    let date: HTTPDate

    func encode(_ reply: Reply, for context: RequestContext) async throws -> Response {
        let body = try await cpuPool.run(bytes: reply.bytesExpected) {
            var buffer = ByteBufferAllocator().buffer(capacity: reply.bytesExpected)
            reply.write(&buffer)
            return buffer
        }
        return response(reply.status, reply.fields, body, for: context)
    }

    /// The response to a request that was refused or that failed.
    func encode(_ error: any Error, for context: RequestContext) -> Response {
        switch error {
        case Refusal.unknownPath: response(.notFound, [:], nil, for: context)
        case Refusal.wrongMethod(let allow):
            response(.methodNotAllowed, [.allow: allow], nil, for: context)
        case Refusal.retiredAPI:
            failure(
                .gone, "Unimplemented", "The v1 API is deprecated. Please use /v2 apis",
                for: context)
        case let error as ServiceError where error.code != .internalError:
            failure(
                error.code.status, error.code.wireName, error.message,
                fields: error.retryFields, for: context)
        default:
            // What went wrong inside is for the log, not for the client.
            failure(
                ServiceError.Code.internalError.status, ServiceError.Code.internalError.wireName,
                "The request failed inside the server. Quote its x-request-id to the operator.",
                for: context)
        }
    }

    private func failure(
        _ status: HTTPResponse.Status, _ name: String, _ message: String,
        fields: HTTPFields = [:], for context: RequestContext
    ) -> Response {
        var body = ByteBuffer()
        ErrorResponse.write(name: name, message: message, into: &body)
        var all = Reply.json
        all.append(contentsOf: fields)
        return response(status, all, body, for: context)
    }

    private func response(
        _ status: HTTPResponse.Status, _ fields: HTTPFields, _ body: ByteBuffer?,
        for context: RequestContext
    ) -> Response {
        // No reply has these itself, so they are appended without a look for them.
        var all = HTTPFields()
        all.reserveCapacity(fields.count + Self.ownFieldsMax)
        for field in fields { all.append(field) }
        all.append(HTTPField(name: .date, value: date.text))
        all.append(HTTPField(name: .contentLength, value: String(body?.readableBytes ?? 0)))
        if let id = context.traceID?.description {
            all.append(HTTPField(name: .requestID, value: id))
            if status.code >= 400 { all.append(HTTPField(name: .chromaTraceID, value: id)) }
        }
        // HEAD has the fields of GET and no body.
        let sent = context.head.method == .head ? nil : body
        let content = sent.map(ResponseBody.init(byteBuffer:)) ?? ResponseBody()
        return Response(status: status, headers: all, body: content)
    }

    /// Fields that every answer may get here, and one that the connection may add.
    private static let ownFieldsMax = 5
}

extension ServiceError {
    /// When to come again, as far as that is known.
    fileprivate var retryFields: HTTPFields {
        if let refusal = cause as? RateRefusal<RateKey> { return refusal.fields }
        guard let seconds = code.retryAfterSeconds else { return [:] }
        return [.retryAfter: String(seconds)]
    }
}
