import AdminClient
import ArgumentParser
import SwiftProtobuf
import TesseraRPC

/// `tessera token rotate`
struct TokenRotate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate",
        abstract: "Make a token that reaches the same, and let the old one end.")

    @Argument(help: "The token's key id: the 11 characters after its prefix.")
    var keyID: String
    @OptionGroup var owner: TokenOwner
    @Option(
        help: ArgumentHelp(
            "How long the old one works on, at most 7d. Default: not at all.", valueName: "time"),
        transform: Lifetime.init(text:))
    var grace: Lifetime?
    @Option(
        help: ArgumentHelp(
            "How long the new one works. Default: until the old one would have expired.",
            valueName: "time"),
        transform: Lifetime.init(text:))
    var expiresIn: Lifetime?
    @OptionGroup var admin: AdminOptions

    func run() async throws {
        let request = request
        let response = try await admin.connected { try await $0.tokens.rotateToken(request) }
        guard !admin.json else { return try admin.show(json: response) }
        try admin.show([response.token, response.replaced], json: response)
        print("\nThe new token, shown only now:\n\n    \(response.secret)\n")
    }

    private var request: AdminRotateTokenRequest {
        .with {
            $0.name = owner.name(ofKey: keyID)
            if let grace { $0.grace = Google_Protobuf_Duration(seconds: Int64(grace.seconds)) }
            if let expiresIn { $0.expireTime = expiresIn.end }
        }
    }
}
