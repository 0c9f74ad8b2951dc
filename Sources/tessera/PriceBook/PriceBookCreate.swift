import AdminClient
import ArgumentParser
import FoundationEssentials
import SwiftProtobuf
import TesseraRPC

/// `tessera price-book create`
struct PriceBookCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make a price book, in force from now on.",
        discussion: """
            The file is JSON, as `tessera price-book get --json` prints it: title, currency and \
            prices, each with sku, meter, description, price, pricing_unit and unit_size.
            """)

    @Argument(help: "Its version: small letters, digits, dots and hyphens.")
    var version: String
    @Argument(help: "The file.")
    var file: String
    @OptionGroup var admin: AdminOptions

    func run() async throws {
        let text = try Data(contentsOf: URL(filePath: file))
        var options = JSONDecodingOptions()
        // What a printed book says beside its prices is not for whoever makes one.
        options.ignoreUnknownFields = true
        let book = try AdminPriceBook(jsonUTF8Data: text, options: options)
        let request = AdminCreatePriceBookRequest.with {
            $0.priceBookID = version
            $0.title = book.title
            $0.currency = book.currency
            $0.prices = book.prices
        }
        try admin.show(try await admin.connected { try await $0.usage.createPriceBook(request) })
    }
}
