import AdminClient
import ArgumentParser
import SwiftProtobuf
import TesseraRPC

/// `tessera issuer denials`
struct IssuerDenials: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "denials", abstract: "Show what is denied of an issuer.")

    @Argument(help: "The issuer's id.")
    var issuer: String
    @OptionGroup var admin: AdminOptions

    func run() async throws {
        let parent = IssuerName.of(issuer)
        let denials = try await admin.connected { connection in
            try await everyPage { token in
                let response = try await connection.issuers.listDenials(
                    .with {
                        $0.parent = parent
                        $0.pageToken = token
                    })
                return (response.denials, response.nextPageToken)
            }
        }
        try admin.show(denials, json: AdminListDenialsResponse.with { $0.denials = denials })
    }
}
