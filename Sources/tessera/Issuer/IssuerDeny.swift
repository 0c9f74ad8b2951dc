import AdminClient
import ArgumentParser
import FoundationEssentials
import SwiftProtobuf
import TesseraRPC

/// `tessera issuer deny`
struct IssuerDeny: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deny", abstract: "Refuse tokens that are good, from now on.")

    @Argument(help: "The issuer's id.")
    var issuer: String
    @Option(name: .customLong("token-id"), help: "The one token with this jti.")
    var tokenID: String?
    @Option(help: "Every token with this sub, present and future.")
    var subject: String?
    @Flag(help: "With --subject: only the tokens issued before now, so that a new sign-in helps.")
    var issuedBeforeNow = false
    @Flag(help: "Everyone's tokens issued before now.")
    var everyone = false
    @OptionGroup var admin: AdminOptions

    func validate() throws {
        let ways = [tokenID != nil, subject != nil, everyone].count { $0 }
        guard ways == 1, subject != nil || !issuedBeforeNow else {
            throw ValidationError(
                "Say what: --token-id ID, --subject SUB [--issued-before-now], or --everyone.")
        }
    }

    func run() async throws {
        let now = UInt64(Date().timeIntervalSince1970 * 1000)
        let request = AdminCreateDenialRequest.with {
            $0.parent = IssuerName.of(issuer)
            $0.denial.tokenID = tokenID ?? ""
            $0.denial.subject = subject ?? ""
            if everyone || issuedBeforeNow {
                $0.denial.issueTimeBefore = Google_Protobuf_Timestamp(unixMilliseconds: now)
            }
        }
        try admin.show(try await admin.connected { try await $0.issuers.createDenial(request) })
    }
}
