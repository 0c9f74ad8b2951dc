import AdminClient
import ArgumentParser
import SwiftProtobuf
import TesseraRPC

/// `tessera token revoke`
struct TokenRevoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Refuse a token from now on.")

    @Argument(help: "The token's key id: the 11 characters after its prefix.")
    var keyID: String
    @OptionGroup var owner: TokenOwner
    @OptionGroup var admin: AdminOptions

    func run() async throws {
        let request = AdminRevokeTokenRequest.with { $0.name = owner.name(ofKey: keyID) }
        try admin.show(try await admin.connected { try await $0.tokens.revokeToken(request) })
    }
}
