import AdminClient
import ArgumentParser
import SwiftProtobuf
import TesseraRPC

/// `tessera price-book get`
struct PriceBookGet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Show the prices of a book.")

    @Argument(help: "Its version.")
    var version: String
    @OptionGroup var admin: AdminOptions

    func run() async throws {
        let request = AdminGetPriceBookRequest.with {
            $0.name = ResourceName("priceBooks", version).description
        }
        let book = try await admin.connected { try await $0.usage.getPriceBook(request) }
        try admin.show(book.prices, json: book)
    }
}
