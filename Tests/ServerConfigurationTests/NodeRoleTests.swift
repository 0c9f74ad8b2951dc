import ChromaModel
import Testing

@testable import ServerConfiguration

@Suite("roles")
struct NodeRoleTests {
    private static let files = [
        "TESSERA_EDGE_CA_FILE": "/ca.pem", "TESSERA_EDGE_CERTIFICATE_FILE": "/node.pem",
        "TESSERA_EDGE_PRIVATE_KEY_FILE": "/node-key.pem",
    ]

    @Test(
        "the whole set is taken in any order",
        arguments: [
            "control,frontend,engine", "engine,control,frontend", "engine, frontend, control",
        ])
    func whole(list: String) async throws {
        let configuration = try await load(list)
        #expect(try await configuration == ServerConfiguration.load(environment: [:]))
        #expect(!configuration.isSplit)
    }

    @Test("a part of the set is taken with the files of mutual TLS, and not without")
    func part() async throws {
        let configuration = try await load("engine", Self.files)
        #expect(configuration.roles == [.engine])
        #expect(configuration.isSplit)
        #expect(await refusal("engine")?.contains("edge.ca_file") == true)
    }

    @Test("one of the three files alone is refused", arguments: files.keys.sorted())
    func incomplete(missing: String) async {
        let message = await refusal("engine", Self.files.filter { $0.key != missing })
        #expect(message?.contains("three files") == true)
    }

    @Test("a process says where the roles are that it lacks")
    func urls() async throws {
        let engine = ["TESSERA_EDGE_ENGINE_URL": "https://engine:1"]
        let control = ["TESSERA_EDGE_CONTROL_URL": "https://control:1"]
        let files = Self.files
        #expect(await refusal("control", files)?.contains("edge.engine_url") == true)
        #expect(
            await refusal("frontend", files.merging(engine) { $1 })?
                .contains("edge.control_url") == true)
        _ = try await load("control", files.merging(engine) { $1 })
        _ = try await load("frontend", files.merging(engine) { $1 }.merging(control) { $1 })
        _ = try await load("frontend,control", files.merging(engine) { $1 })
    }

    @Test("an unknown role is refused and the nearest one named")
    func unknown() async throws {
        let message = await refusal("control,frontent,engine")
        #expect(message?.contains("\"frontent\" is not a role. Did you mean \"frontend\"?") == true)
    }

    @Test("an empty list, an empty name and a name given twice are refused")
    func senseless() async throws {
        for list in ["", "control,,engine", "control,frontend,engine,engine"] {
            #expect(await refusal(list)?.hasPrefix("roles (TESSERA_ROLES)") == true)
        }
    }

    private func load(_ list: String, _ environment: [String: String] = [:]) async throws
        -> ServerConfiguration
    {
        try await .load(environment: environment, flags: ConfigurationFlags(roles: list))
    }

    private func refusal(_ list: String, _ environment: [String: String] = [:]) async -> String? {
        do {
            _ = try await load(list, environment)
            return nil
        } catch { return (error as? ServiceError)?.message }
    }
}
