import ArgumentParser

/// `tessera issuer`
struct IssuerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "issuer",
        abstract: "Take tokens of identity providers, and deny some of them.",
        subcommands: [
            IssuerCreate.self, IssuerGet.self, IssuerList.self, IssuerReplace.self,
            IssuerDelete.self, IssuerDeny.self, IssuerDenials.self, IssuerAllow.self,
        ])
}
