import ArgumentParser
import TesseraRPC

/// Whose tokens a command is about: `--tenant NAME` or `--operator`.
struct TokenOwner: ParsableArguments {
    @Option(help: "The tenant whose tokens are meant.")
    var tenant: String?

    @Flag(help: "The operators' tokens are meant.")
    var `operator` = false

    func validate() throws {
        guard (tenant != nil) != `operator` else {
            throw ValidationError("Say whose: --tenant NAME, or --operator.")
        }
    }

    /// The parent's resource name; empty for the operators.
    var parent: String { tenant.map { ResourceName("tenants", $0).description } ?? "" }

    /// The resource name of the owner's token with that key id.
    func name(ofKey keyID: String) -> String {
        let token = ResourceName("tokens", keyID).description
        return parent.isEmpty ? token : "\(parent)/\(token)"
    }
}
