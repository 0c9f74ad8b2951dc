import HTTPTypes
import Testing

@testable import Frontend

@Suite("Finding routes")
struct RouteTableTests {
    private static let nothing: Endpoint = .open { _ in { .done() } }

    private static let undescribed = RouteDescription("", "")

    private static let table = RouteTable([
        Route(.get, "/a/{tenant}", nothing, undescribed),
        Route(.delete, "/a/{tenant}", nothing, undescribed),
        Route(.get, "/a/by-id/{collection_id}", nothing, undescribed),
        Route(.post, "/a/{tenant}/add", nothing, undescribed),
        Route(.get, "/page/", nothing, undescribed),
    ])

    private func template(_ method: HTTPRequest.Method, _ path: String) -> String? {
        guard case .route(let route, _) = Self.table.match(method, path[...]) else { return nil }
        return route.template.description
    }

    @Test("a fixed segment is preferred to a parameter, with a way back")
    func precedence() {
        #expect(template(.get, "/a/by-id/x") == "/a/by-id/{collection_id}")
        #expect(template(.get, "/a/by-id") == "/a/{tenant}")
        #expect(template(.post, "/a/by-id/add") == nil)
        #expect(template(.post, "/a/other/add") == "/a/{tenant}/add")
    }

    @Test("a trailing slash is another path")
    func trailingSlash() {
        #expect(template(.get, "/page/") == "/page/")
        #expect(template(.get, "/page") == nil)
    }

    @Test("a wrong method lists those that the path has")
    func allow() {
        guard case .wrongMethod(let allow) = Self.table.match(.put, "/a/x") else {
            Issue.record("PUT was routed")
            return
        }
        #expect(allow == "GET,HEAD,DELETE")
    }

    @Test("paths without a leading slash, with empty or with further segments are unknown")
    func unknown() {
        for path in ["", "a/x", "/", "/a", "/a/", "/a//add", "/a/x/", "/a/x/add/", "*"] {
            guard case .unknownPath = Self.table.match(.get, path[...]) else {
                Issue.record("\(path) was routed")
                continue
            }
        }
    }
}
