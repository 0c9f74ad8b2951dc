import ArgumentParser
import ControlPlane

/// `tessera migrate status`
struct MigrateStatus: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "List the migrations and which are applied.")

    @OptionGroup var options: MigrateOptions

    func run() async throws {
        try await options.run { runner in
            for status in try await runner.status() {
                print("\(status.isApplied ? "applied" : "pending") \(status.migration.label)")
            }
        }
    }
}
