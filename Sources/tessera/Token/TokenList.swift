import AdminClient
import ArgumentParser
import SwiftProtobuf
import TesseraRPC

/// `tessera token list`
struct TokenList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Show tokens, by key id.")

    @OptionGroup var owner: TokenOwner
    @OptionGroup var admin: AdminOptions

    func run() async throws {
        let parent = owner.parent
        let tokens = try await admin.connected { connection in
            try await everyPage { token in
                let response = try await connection.tokens.listTokens(
                    .with {
                        $0.parent = parent
                        $0.pageToken = token
                    })
                return (response.tokens, response.nextPageToken)
            }
        }
        try admin.show(tokens, json: AdminListTokensResponse.with { $0.tokens = tokens })
    }
}
