import AdminClient
import ArgumentParser
import SwiftProtobuf
import TesseraRPC

/// `tessera token revoke`
struct TokenRevoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Refuse tokens from now on.")

    @Argument(help: "The tokens' key ids: the 11 characters after their prefix.")
    var keyIDs: [String] = []
    @OptionGroup var owner: TokenOwner
    @Flag(help: "All tokens of the tenant, this command's own among them.")
    var all = false
    @Option(
        help: ArgumentHelp("Those that this token, or issuer/subject, made.", valueName: "key"))
    var createdBy: String?
    @OptionGroup var admin: AdminOptions

    func validate() throws {
        let ways = [!keyIDs.isEmpty, all, createdBy != nil]
        guard ways.filter({ $0 }).count == 1 else {
            throw ValidationError("Say which: their key ids, --created-by, or --all.")
        }
    }

    func run() async throws {
        if keyIDs.count == 1 { return try await revokeOne() }
        let request = AdminBatchRevokeTokensRequest.with {
            $0.parent = owner.parent
            $0.names = keyIDs.map(owner.name(ofKey:))
            $0.creator = createdBy ?? ""
            $0.all = all
        }
        let answer = try await admin.connected { try await $0.tokens.batchRevokeTokens(request) }
        guard !admin.json else { return try admin.show(json: answer) }
        print("Revoked \(answer.revokedCount) tokens that were live.")
    }

    private func revokeOne() async throws {
        let request = AdminRevokeTokenRequest.with { $0.name = owner.name(ofKey: keyIDs[0]) }
        try admin.show(try await admin.connected { try await $0.tokens.revokeToken(request) })
    }
}
