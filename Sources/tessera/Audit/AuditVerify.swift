import AdminClient
import ArgumentParser
import SwiftProtobuf
import TesseraRPC

/// `tessera audit verify`
struct AuditVerify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check that no event of the audit log was changed, removed or put in.",
        discussion: """
            Ends with 1 when one was. Keep the hash that it prints where the database's owner \
            can't write: two hashes of one event differ when the log was made anew.
            """)

    @OptionGroup var admin: AdminOptions

    func run() async throws {
        let result = try await admin.connected { try await $0.audit.verifyAuditEvents(.init()) }
        if admin.json {
            try admin.show(json: result)
        } else {
            for fault in result.faults { print(fault) }
            let verdict = result.faults.isEmpty ? "whole" : "damaged"
            print("\(verdict): \(result.events) events, \(result.number) is \(result.hash)")
        }
        guard result.faults.isEmpty else { throw ExitCode.failure }
    }
}
