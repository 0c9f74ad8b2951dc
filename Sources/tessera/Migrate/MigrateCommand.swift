import ArgumentParser

/// `tessera migrate`
struct MigrateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Look after the schema of the control plane's PostgreSQL.",
        discussion: """
            `tessera serve` applies what is pending by itself. A private PostgreSQL is started for \
            the command, so its server must not run meanwhile.
            """,
        subcommands: [MigrateUp.self, MigrateStatus.self, MigrateVerify.self])
}
