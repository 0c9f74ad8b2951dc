import ChromaModel
import Testing

@testable import ServerConfiguration

@Suite("allow_reset")
struct AllowResetTests {
    @Test(
        "is refused when a listener leaves this machine",
        arguments: ["TESSERA_HTTP_HOST", "TESSERA_GRPC_HOST", "TESSERA_ADMIN_HOST"],
        ["0.0.0.0", "::", "10.0.0.1", "example.com", "127.0.0.1.example.com", "127.0.0.999"])
    func refused(variable: String, host: String) async {
        await #expect(throws: ServiceError.self) {
            try await ServerConfiguration.load(
                environment: ["TESSERA_ALLOW_RESET": "true", variable: host])
        }
    }

    @Test("is taken when every listener is on loopback", arguments: ["127.0.0.1", "::1"])
    func taken(host: String) async throws {
        let configuration = try await ServerConfiguration.load(environment: [
            "TESSERA_ALLOW_RESET": "true", "TESSERA_HTTP_HOST": host,
            "TESSERA_ADMIN_HOST": "localhost", "TESSERA_GRPC_HOST": host,
        ])
        #expect(configuration.allowReset)
    }

    @Test("any listener is fine without it")
    func off() async throws {
        let configuration = try await ServerConfiguration.load(
            environment: ["TESSERA_HTTP_HOST": "0.0.0.0"])
        #expect(configuration.http.host == "0.0.0.0")
    }
}
