import ArgumentParser

/// `tessera price-book`
struct PriceBookCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "price-book", abstract: "Show what usage costs, and set other prices.",
        subcommands: [PriceBookList.self, PriceBookGet.self, PriceBookCreate.self])
}
