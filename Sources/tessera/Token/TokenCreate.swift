import AdminClient
import ArgumentParser
import SwiftProtobuf
import TesseraRPC

/// `tessera token create`
struct TokenCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make a token and print its secret, this once.")

    @OptionGroup var owner: TokenOwner
    @Option(help: "admin, writer or reader; not for operators.")
    var role: String?
    @Option(
        name: .customLong("action"), parsing: .singleValue,
        help: "Instead of a role: something it may do, such as query or add; may be repeated.")
    var actions: [String] = []
    @Option(
        name: .customLong("database"), parsing: .singleValue,
        help: "A database that it shall reach; may be repeated. Default: all of the tenant.")
    var databases: [String] = []
    @Option(
        help: ArgumentHelp(
            "The collections it shall reach, such as 'team-*'. Default: all.",
            valueName: "pattern"))
    var collections: String?
    @Option(
        name: .customLong("allow-ip"), parsing: .singleValue,
        help: ArgumentHelp(
            "Addresses it may come from, such as 10.0.0.0/8; may be repeated. Default: any.",
            valueName: "range"))
    var addressRanges: [String] = []
    @Option(name: .customLong("name"), help: "A word for people.")
    var displayName = ""
    @Option(
        help: ArgumentHelp(
            "How long it works, such as 90d, 12h or 30m. Default: until it is revoked.",
            valueName: "time"),
        transform: Lifetime.init(text:))
    var expiresIn: Lifetime?
    @OptionGroup var admin: AdminOptions

    func validate() throws {
        guard owner.operator || (role != nil) != !actions.isEmpty else {
            throw ValidationError(
                "Say what it may do: --role admin, writer or reader, or --action for each thing.")
        }
    }

    func run() async throws {
        let request = request
        let response = try await admin.connected { try await $0.tokens.createToken(request) }
        guard !admin.json else { return try admin.show(json: response) }
        try admin.show(response.token)
        print("\nThe token, shown only now:\n\n    \(response.secret)\n")
    }

    private var request: AdminCreateTokenRequest {
        .with {
            $0.parent = owner.parent
            $0.displayName = displayName
            $0.role = role ?? ""
            $0.databases = databases
            $0.actions = actions
            $0.collections = collections ?? ""
            $0.ipAllow = addressRanges
            if let expiresIn { $0.expireTime = expiresIn.end }
        }
    }
}
