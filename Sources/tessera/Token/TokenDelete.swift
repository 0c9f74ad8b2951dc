import AdminClient
import ArgumentParser
import SwiftProtobuf
import TesseraRPC

/// `tessera token delete`
struct TokenDelete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Forget a token, which revokes it too.")

    @Argument(help: "The token's key id: the 11 characters after its prefix.")
    var keyID: String
    @OptionGroup var owner: TokenOwner
    @OptionGroup var admin: AdminOptions

    func run() async throws {
        let request = AdminDeleteTokenRequest.with { $0.name = owner.name(ofKey: keyID) }
        let answer = try await admin.connected { try await $0.tokens.deleteToken(request) }
        if admin.json { try admin.show(json: answer) }
    }
}
