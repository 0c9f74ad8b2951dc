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
    @OptionGroup var settings: IssuerSettings
    @OptionGroup var admin: AdminOptions

    func run() async throws {
        let request = try request
        try admin.show(try await admin.connected { try await $0.issuers.createIssuer(request) })
    }

    private var request: AdminCreateIssuerRequest {
        get throws {
            var message = try settings.message
            message.url = url
            return AdminCreateIssuerRequest.with {
                $0.issuerID = issuer
                $0.issuer = message
            }
        }
    }
}
