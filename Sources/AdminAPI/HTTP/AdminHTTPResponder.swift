import Access
import ChromaModel
import HTTPServing
import HTTPTypes
import Hummingbird
import NIOCore
import Platform
import Telemetry
import TesseraRPC

/// Answers every request of the admin's HTTP port.
struct AdminHTTPResponder: HTTPResponder {
    let routes: AdminRoutes
    let gate: AdminGate
    let random: any RandomSource
    let pages: OperationPages
    /// Of the API: for programs, and for people.
    private let document: String
    private let page: String

    /// - Throws: `internalError` when the protos of this build don't describe the routes.
    init(
        routes: AdminRoutes, gate: AdminGate, random: any RandomSource, pages: OperationPages
    ) throws {
        self.routes = routes
        self.gate = gate
        self.random = random
        self.pages = pages
        document = try AdminDocument(routes.methods).document.text()
        page = AdminDocumentPage(methods: routes.methods).text
    }

    func respond(to request: Request, context: AdminRequestContext) async throws -> Response {
        let id = RequestID(random: random)
        return await traced(request) {
            do throws(ServiceError) {
                let client = gate.proxies.client(of: request, context)
                return try await answer(request, from: client, id)
            } catch {
                Trace.span?.add([Attribute("tessera.refusal", error.code.rawValue)])
                return Self.refusal(error, id)
            }
        }
    }

    private func answer(
        _ request: Request, from client: InternetAddress?, _ id: RequestID
    ) async throws(ServiceError) -> Response {
        if let page = try await pages.answer(request, from: client, id) { return page }
        switch (request.method, request.uri.path) {
        case (.get, "/openapi.json"): return Self.json(.ok, ByteBuffer(string: document), id)
        case (.get, "/docs"), (.get, "/docs/"):
            return Self.answer(.ok, "text/html; charset=utf-8", ByteBuffer(string: page), id)
        default: return try await call(request, from: client, id)
        }
    }

    private func call(
        _ request: Request, from client: InternetAddress?, _ id: RequestID
    ) async throws(ServiceError) -> Response {
        guard let match = routes.match(request.method, request.uri.path) else {
            return try unmatched(request, id)
        }
        Trace.span?.operationName = match.endpoint.method.fullName
        let answer = try await gate.pass(
            match.endpoint.method, credential: request.presentedToken, from: client, request: id,
            about: match.resource
        ) { principal in
            let input = try await input(of: request, match)
            return try await match.endpoint.answer(input, for: principal, gate.controlPlane)
        }
        switch answer {
        case .json(let json): return Self.json(.ok, ByteBuffer(bytes: json), id)
        case .stream(let stream): return Self.file(stream, id)
        }
    }

    /// Throws `notFound` for a path that no method has; of one that is there, answers which verbs
    /// it takes.
    private func unmatched(_ request: Request, _ id: RequestID) throws(ServiceError) -> Response {
        let verbs = routes.verbs(of: request.uri.path)
        guard !verbs.isEmpty else {
            throw ServiceError(
                .notFound,
                "No method of the admin API is \(request.method.rawValue) \(request.uri.path).")
        }
        return Self.wrongVerb(allow: verbs, id)
    }

    private func input(
        of request: Request, _ match: AdminRoutes.Match
    ) async throws -> HTTPInput {
        var input = HTTPInput(variables: match.variables)
        input.query = request.uri.queryParameters.map { (String($0.key), String($0.value)) }
        if [.post, .patch].contains(request.method) {
            input.body = try await Self.body(of: request)
        }
        return input
    }

    /// Refuses what is announced as too large before it is sent.
    private static func body(of request: Request) async throws(ServiceError) -> ByteBuffer {
        let announced = request.headers[.contentLength].flatMap { Int($0) } ?? 0
        guard announced <= AdminHTTPServer.bodyBytesMax else { throw tooLarge }
        var request = request
        do {
            return try await request.collectBody(upTo: AdminHTTPServer.bodyBytesMax)
        } catch is NIOTooManyBytesError {
            throw tooLarge
        } catch {
            throw ServiceError(
                .invalidArgument, "The body broke off or is not HTTP; send the request again.",
                cause: error)
        }
    }

    private static var tooLarge: ServiceError {
        ServiceError(
            .payloadTooLarge,
            "The body is larger than \(AdminHTTPServer.bodyBytesMax) bytes; send less.")
    }
}

extension AdminHTTPResponder {
    static func refusal(_ error: ServiceError, _ id: RequestID) -> Response {
        let status = HTTPResponse.Status(code: error.code.wireStatus.http)
        var response = json(
            status, ByteBuffer(string: HTTPErrorBody.json(error, request: id)), id)
        if status == .unauthorized { response.headers[.wwwAuthenticate] = "Bearer" }
        return response
    }

    private static func wrongVerb(allow verbs: [String], _ id: RequestID) -> Response {
        let error = ServiceError(
            .unimplemented, "The path takes \(verbs.joined(separator: ", ")).")
        let body = HTTPErrorBody.json(error, request: id, http: 405)
        var response = json(.methodNotAllowed, ByteBuffer(string: body), id)
        response.headers[.allow] = verbs.joined(separator: ", ")
        return response
    }

    private static func json(
        _ status: HTTPResponse.Status, _ body: ByteBuffer, _ id: RequestID
    ) -> Response {
        answer(status, "application/json", body, id)
    }

    static func text(_ text: String, _ id: RequestID) -> Response {
        answer(.ok, "text/plain; charset=utf-8", ByteBuffer(string: text), id)
    }

    private static func file(_ stream: ByteStream, _ id: RequestID) -> Response {
        var response = answer(.ok, stream.contentType, ByteBuffer(), id)
        // Nothing in it is to be taken for a page.
        response.headers[.contentDisposition] = "attachment"
        response.body = ResponseBody { writer in
            try await stream.produce { try await writer.write(ByteBuffer(bytes: $0)) }
            try await writer.finish(nil)
        }
        return response
    }

    /// Nothing the admin API says may be kept by a cache: it may hold a secret.
    static func answer(
        _ status: HTTPResponse.Status, _ type: String, _ body: ByteBuffer, _ id: RequestID
    ) -> Response {
        var headers: HTTPFields = [.contentType: type, .cacheControl: "no-store"]
        headers[.requestID] = "\(id)"
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: body))
    }
}

extension Request {
    /// The token that came with the request; nil when none did.
    var presentedToken: String? {
        PresentedToken.text(
            chromaToken: headers[.chromaToken], authorization: headers[.authorization])
    }
}

extension HTTPField.Name {
    fileprivate static let chromaToken = literal(PresentedToken.chromaHeader)
    static let forwardedFor = literal(TrustedProxies.field)
    fileprivate static let requestID = literal(RequestID.header)

    /// A name that is known to be one; were it not, the accept header stands in for it.
    private static func literal(_ name: String) -> HTTPField.Name {
        HTTPField.Name(name) ?? .accept
    }
}
