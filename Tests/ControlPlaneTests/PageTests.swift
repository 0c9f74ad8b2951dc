import ChromaModel
import Testing

@testable import ControlPlane

struct PageTests {
    @Test("a page size is coerced into its bounds, and a negative one refused")
    func sizes() throws {
        #expect(try PageRequest().size == PageRequest.sizeDefault)
        #expect(try PageRequest(sizeMax: 0).size == PageRequest.sizeDefault)
        #expect(try PageRequest(sizeMax: 7).size == 7)
        #expect(try PageRequest(sizeMax: .max).size == PageRequest.sizeLimit)
        #expect(throws: ServiceError.self) { try PageRequest(sizeMax: -1) }
    }

    @Test("a page token is good for its own list only")
    func binding() throws {
        let token = PageToken(list: .tenants, position: "x y").text
        let request = try PageRequest(token: token)
        #expect(try PageToken.position(in: request, of: .tenants) == "x y")
        #expect(throws: ServiceError.self) {
            try PageToken.position(in: request, of: .tokens(of: nil))
        }
    }

    @Test("a position that is no id does not begin the list again")
    func mangledPosition() throws {
        let token = PageToken(list: .tenants, position: "x").text
        let request = try PageRequest(token: token)
        #expect(throws: ServiceError.self) {
            try PageToken.idPosition(in: request, of: .tenants)
        }
    }

    @Test("a made-up page token is refused", arguments: ["x", "zz", "é", "00", "7465", " "])
    func madeUp(token: String) throws {
        let request = try PageRequest(token: token)
        #expect(throws: ServiceError.self) {
            try PageToken.position(in: request, of: .tenants)
        }
    }
}
