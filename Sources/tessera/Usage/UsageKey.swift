import AdminClient
import ArgumentParser
import SwiftProtobuf
import TesseraRPC

/// `tessera usage key`
struct UsageKey: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "Show the public key that receipts are signed with.")

    @OptionGroup var admin: AdminOptions

    func run() async throws {
        let key = try await admin.connected { try await $0.usage.getUsageReceiptKey(.init()) }
        if admin.json { return try admin.show(json: key) }
        print(key.publicKey)
    }
}
