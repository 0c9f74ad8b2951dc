import ChromaModel
import NIOCore
import SwiftProtobuf
import TesseraRPC
import Testing

@testable import AdminAPI

@Suite("HTTP/JSON in and out of messages")
struct HTTPTranscoderTests {
    @Test("path and query become fields, numbers included")
    func pathAndQuery() throws {
        let request = try HTTPTranscoder.message(
            AdminListDatabasesRequest.self,
            from: HTTPInput(
                variables: ["parent": "tenants/acme"],
                query: [("page_size", "7"), ("pageToken", "x y")]))
        #expect(request.parent == "tenants/acme")
        #expect(request.pageSize == 7)
        #expect(request.pageToken == "x y")
    }

    @Test("a truth value is read from the query, and anything else for it is refused")
    func truth() throws {
        let request = try HTTPTranscoder.message(
            AdminListTenantsRequest.self,
            from: HTTPInput(query: [("show_deleted", "true"), ("filter", "true")]))
        #expect(request.showDeleted && request.filter == "true")
        #expect(throws: ServiceError.self) {
            try HTTPTranscoder.message(
                AdminListTenantsRequest.self, from: HTTPInput(query: [("show_deleted", "yes")]))
        }
    }

    @Test("a body is the rest of the request, and the path wins over it")
    func body() throws {
        let json = #"""
            {"parent":"tenants/other","role":"writer","databases":["a","b"],
             "expireTime":"2030-01-31T12:00:00Z"}
            """#
        let request = try HTTPTranscoder.message(
            AdminCreateTokenRequest.self,
            from: HTTPInput(
                variables: ["parent": "tenants/acme"], body: ByteBuffer(string: json)))
        #expect(request.parent == "tenants/acme")
        #expect(request.role == "writer")
        #expect(request.databases == ["a", "b"])
        #expect(request.expireTime.seconds == 1_896_091_200)
    }

    @Test("an unknown field is refused by name", arguments: ["body", "query"])
    func unknownField(_ place: String) {
        var input = HTTPInput()
        if place == "body" { input.body = ByteBuffer(string: #"{"tenant":"x"}"#) }
        if place == "query" { input.query = [("tenant", "x")] }
        let words = #"Unknown field "tenant"; remove it or correct its spelling."#
        #expect(refusal(input)?.message == words)
    }

    @Test("a parameter given twice is refused")
    func twice() {
        let input = HTTPInput(
            variables: ["parent": "tenants/a"], query: [("parent", "tenants/b")])
        #expect(refusal(input)?.message == "parent is given more than once; give it once.")
    }

    @Test(
        "a body that isn't such an object is refused",
        arguments: [
            "[]", "nul", "{", #"{"page_size":"many"}"#, #"{"page_size":1e99}"#,
            #"{"page_size":1} {}"#, #"{"page_token":7}"#, "\u{0}",
            String(repeating: #"{"a":"#, count: 10_000),
        ])
    func malformed(_ body: String) {
        #expect(refusal(HTTPInput(body: ByteBuffer(string: body)))?.code == .invalidArgument)
    }

    @Test("answers spell fields as the protos do")
    func output() throws {
        let token = AdminToken.with {
            $0.displayName = "ci"
            $0.createTime = Google_Protobuf_Timestamp(unixMilliseconds: 1_700_000_000_123)
        }
        #expect(
            String(decoding: try HTTPTranscoder.json(token), as: UTF8.self)
                == #"{"display_name":"ci","create_time":"2023-11-14T22:13:20.123Z"}"#)
    }

    private func refusal(_ input: HTTPInput) -> ServiceError? {
        do throws(ServiceError) {
            _ = try HTTPTranscoder.message(AdminListTenantsRequest.self, from: input)
            return nil
        } catch {
            return error
        }
    }
}
