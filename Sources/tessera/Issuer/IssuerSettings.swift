import ArgumentParser
import SwiftProtobuf
import TesseraRPC

/// The flags that say which of an issuer's tokens are taken.
struct IssuerSettings: ParsableArguments {
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

    /// The issuer without its name and URL.
    var message: AdminIssuer {
        get throws {
            var message = AdminIssuer()
            message.audiences = audiences
            message.algorithms = algorithms
            message.keysURL = keysURL ?? ""
            message.keysFile = keysFile ?? ""
            try claims.write(to: &message)
            if let clockSkew { message.clockSkewSeconds = Int32(clamping: clockSkew.seconds) }
            if let maxLifetime { message.lifetimeSecondsMax = Int32(clamping: maxLifetime.seconds) }
            return message
        }
    }
}
