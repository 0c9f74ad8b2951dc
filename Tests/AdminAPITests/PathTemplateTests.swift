import ChromaModel
import TesseraRPC
import Testing

@testable import AdminAPI

@Suite("Path templates and resource names")
struct PathTemplateTests {
    @Test("every binding of the protos is a template")
    func protosCompile() throws {
        for binding in AdminMethod.all.flatMap(\.bindings) { _ = try PathTemplate(binding.path) }
    }

    @Test(
        "a path binds the variable to a resource name",
        arguments: [
            ("/v1/{name=tenants/*}", "/v1/tenants/acme", "tenants/acme"),
            ("/v1/{name=tenants/*}", "/v1/tenants/a%2Fb", "tenants/a%2Fb"),
            ("/v1/{name=tenants/*}", "/v1/tenants/100%25", "tenants/100%25"),
            ("/v1/{name=tenants/*}", "/v1/tenants/caf%C3%A9", "tenants/café"),
            ("/v1/{name=tenants/*}", "/v1/tenants/a:b", "tenants/a:b"),
            (
                "/v1/{parent=tenants/*}/databases", "/v1/tenants/acme/databases", "tenants/acme"
            ),
            ("/v1/{name=tokens/*}:revoke", "/v1/tokens/k:revoke", "tokens/k"),
        ])
    func binds(_ template: String, _ path: String, _ value: String) throws {
        #expect(try PathTemplate(template).match(path)?.values.first == value)
    }

    @Test(
        "another path doesn't fit",
        arguments: [
            "/v1/tenants", "/v1/tenants/", "/v1/tenants/a/b", "/v1/tenants/a/", "/v2/tenants/a",
            "v1/tenants/a", "/v1/tenants/%zz", "/v1/tenants/%ff", "/v1/Tenants/a", "",
        ])
    func refuses(_ path: String) throws {
        #expect(try PathTemplate("/v1/{name=tenants/*}").match(path) == nil)
    }

    @Test("a verb is part of the path", arguments: ["/v1/tokens/k", "/v1/tokens/k:delete"])
    func verb(_ path: String) throws {
        #expect(try PathTemplate("/v1/{name=tokens/*}:revoke").match(path) == nil)
    }

    @Test("any id survives the way into a resource name and back")
    func roundTrip() throws {
        let ids = ["a/b", "%", "%2F", "é", "e\u{301}", "/\u{338}", "💾", "a b", "..", "\u{0}"]
        for id in ids {
            let text = ResourceName("tenants", id).description
            let parsed = try ResourceName(parsing: text, field: "name", as: ["tenants/*"])
            #expect(parsed.segments[1].utf8.elementsEqual(id.utf8))
        }
    }

    @Test(
        "a name of another shape is refused, naming the field",
        arguments: ["", "acme", "tenants", "tenants/", "tenants/a/b", "/tenants/a", "tenants/%"])
    func badNames(_ text: String) {
        #expect {
            _ = try ResourceName(parsing: text, field: "parent", as: ["tenants/*"])
        } throws: {
            ($0 as? ServiceError)?.message == "parent must look like tenants/*."
        }
    }
}
