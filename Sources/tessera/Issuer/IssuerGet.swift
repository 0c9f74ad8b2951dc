import AdminClient
import ArgumentParser
import SwiftProtobuf
import TesseraRPC

/// `tessera issuer get`
struct IssuerGet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Show an issuer; all of it with --json.")

    @Argument(help: "The issuer's id.")
    var issuer: String
    @OptionGroup var admin: AdminOptions

    func run() async throws {
        let request = AdminGetIssuerRequest.with { $0.name = IssuerName.of(issuer) }
        try admin.show(try await admin.connected { try await $0.issuers.getIssuer(request) })
    }
}

/// Resource names of issuers, made of what was typed.
enum IssuerName {
    static func of(_ issuer: String) -> String { ResourceName("issuers", issuer).description }
}
