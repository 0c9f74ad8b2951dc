import ArgumentParser

/// `tessera token`
struct TokenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Make, look at, revoke and delete tokens.",
        subcommands: [
            TokenCreate.self, TokenGet.self, TokenList.self, TokenRevoke.self, TokenDelete.self,
        ])
}
