import ArgumentParser

/// `tessera certs`
struct CertsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "certs", abstract: "Make the certificates of an installation's processes.",
        subcommands: [CertsInit.self])
}
