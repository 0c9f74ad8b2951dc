import ArgumentParser

/// `tessera audit`
struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Look at the log of what was done through the admin API, and check it.",
        subcommands: [AuditList.self, AuditVerify.self])
}
