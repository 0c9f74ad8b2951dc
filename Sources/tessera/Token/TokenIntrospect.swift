import AdminClient
import ArgumentParser
import SwiftProtobuf
import TesseraRPC

/// `tessera token introspect`
struct TokenIntrospect: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "introspect", abstract: "Show what the token of this command is and may.")

    @OptionGroup var admin: AdminOptions

    func run() async throws {
        let answer = try await admin.connected {
            try await $0.tokens.introspectToken(AdminIntrospectTokenRequest())
        }
        guard !admin.json else { return try admin.show(json: answer) }
        if answer.hasToken { try admin.show(answer.token) }
        print("\nIt may: \(answer.permissions.joined(separator: ", "))")
    }
}
