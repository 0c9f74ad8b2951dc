import AdminClient
import ArgumentParser
import SwiftProtobuf
import TesseraRPC

/// `tessera issuer replace`
struct IssuerReplace: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replace",
        abstract: "Set everything of an issuer but its URL; what is denied stays denied.",
        discussion: "What isn't named goes back to its default.")

    @Argument(help: "The issuer's id.")
    var issuer: String
    @OptionGroup var settings: IssuerSettings
    @Option(help: "Change it only if it still has this etag.")
    var etag: String?
    @OptionGroup var admin: AdminOptions

    func run() async throws {
        let message = try settings.message
        let request = AdminReplaceIssuerRequest.with {
            $0.name = IssuerName.of(issuer)
            $0.issuer = message
            $0.etag = etag ?? ""
        }
        try admin.show(try await admin.connected { try await $0.issuers.replaceIssuer(request) })
    }
}
