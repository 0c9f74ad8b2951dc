import ArgumentParser

/// `tessera token`
struct TokenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Make, look at, rotate, revoke and delete tokens.",
        subcommands: [
            TokenCreate.self, TokenGet.self, TokenList.self, TokenRotate.self, TokenRevoke.self,
            TokenDelete.self, TokenIntrospect.self,
        ])
}
