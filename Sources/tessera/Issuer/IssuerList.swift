import AdminClient
import ArgumentParser
import SwiftProtobuf
import TesseraRPC

/// `tessera issuer list`
struct IssuerList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Show the issuers, by id.")

    @OptionGroup var admin: AdminOptions

    func run() async throws {
        let issuers = try await admin.connected { connection in
            try await everyPage { token in
                let response = try await connection.issuers.listIssuers(
                    .with { $0.pageToken = token })
                return (response.issuers, response.nextPageToken)
            }
        }
        try admin.show(issuers, json: AdminListIssuersResponse.with { $0.issuers = issuers })
    }
}
