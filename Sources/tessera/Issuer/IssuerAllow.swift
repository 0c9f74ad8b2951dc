import AdminClient
import ArgumentParser
import SwiftProtobuf
import TesseraRPC

/// `tessera issuer allow`
struct IssuerAllow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "allow", abstract: "Take the tokens again that a denial refused.")

    @Argument(help: "The issuer's id.")
    var issuer: String
    @Argument(help: "The denial's id, as `tessera issuer denials` shows it.")
    var denial: String
    @OptionGroup var admin: AdminOptions

    func run() async throws {
        let request = AdminDeleteDenialRequest.with {
            $0.name = ResourceName("issuers", issuer, "denials", denial).description
        }
        let answer = try await admin.connected { try await $0.issuers.deleteDenial(request) }
        if admin.json { try admin.show(json: answer) }
    }
}
