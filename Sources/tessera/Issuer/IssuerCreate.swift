import AdminClient
import ArgumentParser
import SwiftProtobuf
import TesseraRPC

/// `tessera issuer create`
struct IssuerCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Take an identity provider's tokens.",
        discussion: """
            Nothing is granted that isn't spelled out: name the audience and what its roles mean.

            tessera issuer create corp --url https://id.corp.example --audience tessera \
            --role-claim groups --role search-writers=writer --role search-readers=reader
            """)

    @Argument(help: "Its id here: lower-case letters, digits and hyphens.")
    var issuer: String
    @Option(help: "What its tokens say in iss, byte for byte.")
    var url: String
    @Option(
        name: .customLong("audience"), parsing: .singleValue,
        help: "What its tokens must say in aud; may be repeated.")
    var audiences: [String]
    @Option(
        name: .customLong("algorithm"), parsing: .singleValue,
        help: "A signature algorithm to take; may be repeated. Default: RS256 and ES256.")
    var algorithms: [String] = []
    @Option(help: "Where its JSON Web Key Set is. Default: OpenID Connect discovery at the URL.")
    var keysURL: String?
    @Option(help: "The name of a key set in the server's directory of keys instead.")
    var keysFile: String?
    @OptionGroup var claims: IssuerClaims
    @Option(
        help: ArgumentHelp("By how much its clock may differ. Default: 30s.", valueName: "time"),
        transform: Lifetime.init(text:))
    var clockSkew: Lifetime?
    @Option(
        help: ArgumentHelp(
            "How long after its issue a token may expire. Default: 15m.", valueName: "time"),
        transform: Lifetime.init(text:))
    var maxLifetime: Lifetime?
    @OptionGroup var admin: AdminOptions

    func run() async throws {
        let request = try request
        try admin.show(try await admin.connected { try await $0.issuers.createIssuer(request) })
    }

    private var request: AdminCreateIssuerRequest {
        get throws {
            var message = AdminIssuer()
            message.url = url
            message.audiences = audiences
            message.algorithms = algorithms
            message.keysURL = keysURL ?? ""
            message.keysFile = keysFile ?? ""
            try claims.write(to: &message)
            if let clockSkew { message.clockSkewSeconds = Int32(clamping: clockSkew.seconds) }
            if let maxLifetime { message.lifetimeSecondsMax = Int32(clamping: maxLifetime.seconds) }
            return AdminCreateIssuerRequest.with {
                $0.issuerID = issuer
                $0.issuer = message
            }
        }
    }
}
