import Access
import ChromaModel
import Hummingbird
import Platform

/// Answers the admin port of a process without the control plane: `OperationPages`, and no more.
struct StatusHTTPResponder: HTTPResponder {
    let pages: OperationPages
    let proxies: TrustedProxies
    let random: any RandomSource

    func respond(to request: Request, context: AdminRequestContext) async throws -> Response {
        let id = RequestID(random: random)
        do throws(ServiceError) {
            let client = proxies.client(of: request, context)
            if let page = try await pages.answer(request, from: client, id) { return page }
            throw ServiceError(
                .notFound,
                """
                This process has no control plane, so here are /livez, /readyz and /metrics alone; \
                ask the control plane's admin port.
                """)
        } catch {
            return AdminHTTPResponder.refusal(error, id)
        }
    }
}
