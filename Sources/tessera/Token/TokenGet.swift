import AdminClient
import ArgumentParser
import SwiftProtobuf
import TesseraRPC

/// `tessera token get`
struct TokenGet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Show a token, without its secret.")

    @Argument(help: "The token's key id: the 11 characters after its prefix.")
    var keyID: String
    @OptionGroup var owner: TokenOwner
    @OptionGroup var admin: AdminOptions

    func run() async throws {
        let request = AdminGetTokenRequest.with { $0.name = owner.name(ofKey: keyID) }
        try admin.show(try await admin.connected { try await $0.tokens.getToken(request) })
    }
}
