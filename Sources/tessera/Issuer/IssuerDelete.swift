import AdminClient
import ArgumentParser
import SwiftProtobuf
import TesseraRPC

/// `tessera issuer delete`
struct IssuerDelete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Take an issuer's tokens no more; what was denied is forgotten.")

    @Argument(help: "The issuer's id.")
    var issuer: String
    @Option(help: "Change it only if it still has this etag.")
    var etag: String?
    @OptionGroup var admin: AdminOptions

    func run() async throws {
        let request = AdminDeleteIssuerRequest.with {
            $0.name = IssuerName.of(issuer)
            $0.etag = etag ?? ""
        }
        let answer = try await admin.connected { try await $0.issuers.deleteIssuer(request) }
        if admin.json { try admin.show(json: answer) }
    }
}
