import AdminClient
import ArgumentParser
import SwiftProtobuf
import TesseraRPC

/// `tessera price-book list`
struct PriceBookList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Show every price book, the one in force first.")

    @OptionGroup var admin: AdminOptions

    func run() async throws {
        let answer = try await admin.connected { try await $0.usage.listPriceBooks(.init()) }
        try admin.show(answer.priceBooks, json: answer)
    }
}
