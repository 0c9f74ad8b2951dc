import ChromaModel
import Testing

@testable import ServerConfiguration

@Suite("roles")
struct ServerRoleTests {
    @Test(
        "the whole set is taken in any order",
        arguments: [
            "control,frontend,engine", "engine,control,frontend", "engine, frontend, control",
        ])
    func whole(list: String) async throws {
        let configuration = try await load(list)
        #expect(try await configuration == ServerConfiguration.load(environment: [:]))
    }

    @Test(
        "a part of the set is refused: roles aren't split",
        arguments: ["engine", "frontend,control"])
    func part(list: String) async throws {
        let message = await refusal(list)
        #expect(message?.contains("split roles are not in this version") == true)
        #expect(message?.contains("control,frontend,engine") == true)
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

    private func load(_ list: String) async throws -> ServerConfiguration {
        try await .load(environment: [:], flags: ConfigurationFlags(roles: list))
    }

    private func refusal(_ list: String) async -> String? {
        do {
            _ = try await load(list)
            return nil
        } catch { return (error as? ServiceError)?.message }
    }
}
