import Access
import ChromaModel
import HTTPTypes
import Telemetry

extension RequestContext {
    /// Runs a stage, in a step of its own when the request is recorded.
    mutating func traced(_ stage: any Stage) async throws {
        guard let span, span.isRecording else { return try await stage.run(&self) }
        try await span.place.step(stage.name) { try await stage.run(&self) }
    }

    /// Runs `body` in a step of the request.
    func traced<Result>(_ name: String, _ body: () async throws -> Result) async rethrows -> Result
    {
        guard let span, span.isRecording else { return try await body() }
        return try await span.place.step(name, body)
    }

    /// Runs what is about the whole request inside its span.
    func inSpan(_ body: () -> Void) {
        guard let span else { return body() }
        span.run(body)
    }

    /// Says what the request was and what came of it (semantic conventions for HTTP), and ends its
    /// span. Names of tenants and collections, never a query string, a body or a token.
    func endSpan(_ status: HTTPResponse.Status, _ failure: (any Error)?) {
        guard let span, span.isRecording else { return }
        var attributes = [Attribute("http.response.status_code", status.code)]
        if let route {
            span.operationName = route.spanName
            attributes += [
                Attribute("http.route", route.template.description),
                Attribute("url.path", String((head.path ?? "").prefix { $0 != "?" })),
            ]
            if call.path.contains(.database) {
                attributes.append(Attribute("tessera.database", call.path.database.value))
            }
            if call.path.contains(.collectionID) {
                attributes.append(Attribute("tessera.collection", call.path.collectionID))
            }
        }
        if let tenant { attributes.append(Attribute("tessera.tenant", tenant.value)) }
        if let client { attributes.append(Attribute("client.address", client.description)) }
        attributes.append(Attribute("url.scheme", head.scheme ?? "http"))
        if let failure {
            attributes.append(Attribute("tessera.refusal", RefusalReason.word(for: failure)))
        }
        span.add(attributes)
        // A refusal is not the server's failure (semantic conventions, "Status").
        if status.code >= 500 { span.fail("\(status.code)") }
        span.end()
    }
}
