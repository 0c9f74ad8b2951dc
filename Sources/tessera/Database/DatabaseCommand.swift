import ArgumentParser

/// `tessera database`
struct DatabaseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "database", abstract: "Make, look at and delete a tenant's databases.",
        subcommands: [
            DatabaseCreate.self, DatabaseGet.self, DatabaseList.self, DatabaseDelete.self,
        ])
}
