import HTTPServing
import HTTPTypes
import NIOCore
import Synchronization

/// The description of the API, for programs and for people (protocol §1.2). It describes
/// exactly the routes that are served, its own among them.
final class DocumentRoutes: Sendable {
    private static let documentPath = "/openapi.json"
    private static let pagePath = "/docs/"

    private struct Texts {
        let document: String
        let page: String
    }

    private let others: [Route]
    /// Made when first asked for.
    private let made = Mutex<Texts?>(nil)

    /// - Parameter others: all routes but these.
    init(describing others: [Route]) { self.others = others }

    var routes: [Route] {
        [
            Route(
                .get, Self.documentPath, .open { _ in { try self.document() } },
                RouteDescription(
                    "openapi", "Describes the API to programs.", answers: .map(.any))),
            Route(
                .get, "/docs", .open { _ in { .moved(to: Self.pagePath) } },
                RouteDescription(
                    "docs", "Leads to the page below.", status: .seeOther, answers: nil)),
            Route(
                .get, Self.pagePath, .open { _ in { try self.page() } },
                RouteDescription("docs_page", "Describes the API to people.", answers: nil)),
        ]
    }

    private func document() throws -> Reply {
        let text = try texts().document
        return Reply(bytesExpected: text.utf8.count) { $0.writeString(text) }
    }

    private func page() throws -> Reply { .page(try texts().page) }

    private func texts() throws -> Texts {
        try made.withLock { made in
            if let made { return made }
            let routes = others + routes
            let texts = Texts(
                document: try OpenAPIDocument(routes: routes).document.text(),
                page: DocumentPage(routes: routes).text)
            made = texts
            return texts
        }
    }
}
