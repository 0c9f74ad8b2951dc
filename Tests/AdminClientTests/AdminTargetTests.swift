import Foundation
import Testing

@testable import AdminClient

@Suite("Which admin API a command talks to")
struct AdminTargetTests {
    private let environment = [
        AdminTarget.endpointVariable: "https://admin.example:9000",
        AdminTarget.tokenVariable: "from-environment",
    ]

    @Test("flags win over the environment")
    func flags() throws {
        let target = try AdminTarget(
            endpoint: "http://[::1]:1", token: "t", dataDirectory: nil, environment: environment)
        #expect(target.port == 1 && !target.secure && target.token == "t")
    }

    @Test("the environment wins over the data directory, which need not be readable then")
    func environmentWins() throws {
        let target = try AdminTarget(
            endpoint: nil, token: nil, dataDirectory: "/nonexistent", environment: environment)
        #expect(target.url == "https://admin.example:9000")
        #expect(target.token == "from-environment")
    }

    @Test("a server's data directory says where it listens and holds its first token")
    func dataDirectory() throws {
        let directory = FileManager.default.temporaryDirectory
            .appending(path: "tessera-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        try Data(#"{"pid":1,"http":"http://x","admin_grpc":"http://127.0.0.1:4242"}"#.utf8)
            .write(to: directory.appending(path: "endpoints.json"))
        try Data(#"{"admin_token":"tsa_x","token":"tsd_x"}"#.utf8)
            .write(to: directory.appending(path: "bootstrap.json"))
        let target = try AdminTarget(
            endpoint: nil, token: nil, dataDirectory: directory.path, environment: [:])
        #expect(target.url == "http://127.0.0.1:4242")
        #expect(target.token == "tsa_x")
    }

    @Test(
        "what is no endpoint is refused with an example",
        arguments: ["localhost:8081", "ftp://x", "http://x/path", "", "http://"])
    func badEndpoint(_ text: String) {
        #expect {
            _ = try AdminTarget(endpoint: text, token: "t", dataDirectory: nil, environment: [:])
        } throws: {
            ($0 as? CommandFailure)?.description.contains(AdminTarget.endpointDefault) == true
        }
    }

    @Test("without a token the three ways to give one are named")
    func noToken() {
        #expect {
            _ = try AdminTarget(endpoint: nil, token: nil, dataDirectory: nil, environment: [:])
        } throws: {
            let message = ($0 as? CommandFailure)?.description ?? ""
            return ["--token", AdminTarget.tokenVariable, "--data-dir"].allSatisfy(message.contains)
        }
    }
}
