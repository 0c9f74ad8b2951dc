import ArgumentParser
import ControlPlane

/// `tessera migrate up`
struct MigrateUp: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up", abstract: "Apply every migration that is pending.")

    @OptionGroup var options: MigrateOptions

    func run() async throws {
        try await options.run { runner in
            let applied = try await runner.up()
            for migration in applied { print("applied \(migration.label)") }
            if applied.isEmpty { print("nothing is pending") }
        }
    }
}

extension Migration {
    /// As its directory is named: `0001-tenants-and-tokens`.
    var label: String {
        let digits = "\(version)"
        return String(repeating: "0", count: max(0, 4 - digits.count)) + "\(digits)-\(name)"
    }
}
