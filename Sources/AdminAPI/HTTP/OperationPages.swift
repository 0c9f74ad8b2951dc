import Access
import ChromaModel
import HTTPTypes
import Hummingbird
import NIOCore
import TesseraRPC

/// `/livez`, `/readyz` and `/metrics`: what every process has on its admin port, whatever its
/// roles.
struct OperationPages: Sendable {
    static let paths: Set<String> = ["/livez", "/readyz", "/metrics"]

    let readiness: Readiness
    let metrics: MetricsPage

    /// nil for a request of something else.
    ///
    /// - Throws: `unavailable` when the process isn't ready, what `MetricsPage` refuses.
    func answer(
        _ request: Request, from client: InternetAddress?, _ id: RequestID
    ) async throws(ServiceError) -> Response? {
        switch (request.method, request.uri.path) {
        case (.get, "/livez"): return AdminHTTPResponder.text("ok", id)
        case (.get, "/readyz"): return AdminHTTPResponder.text(try await readiness.report(), id)
        case (.get, "/metrics"): return try await metrics(request, from: client, id)
        default: return nil
        }
    }

    private func metrics(
        _ request: Request, from client: InternetAddress?, _ id: RequestID
    ) async throws(ServiceError) -> Response {
        do {
            let page = try await metrics.answer(
                accept: request.headers[.accept], credential: request.presentedToken, from: client)
            return AdminHTTPResponder.answer(
                .ok, page.contentType, ByteBuffer(string: page.body), id)
        } catch {
            throw error as? ServiceError
                ?? ServiceError(.unavailable, "The token can't be checked now.", cause: error)
        }
    }
}
