import ArgumentParser
import ControlPlane

/// `tessera migrate verify`
struct MigrateVerify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check that the schema is what the migrations made, and nobody changed it.")

    @OptionGroup var options: MigrateOptions

    func run() async throws {
        try await options.run { runner in
            try await runner.verify()
            print("the schema is as the migrations left it")
        }
    }
}
