import Billing

/// A price book as the control plane keeps it.
package struct PriceBookRecord: Sendable, Hashable {
    package let version: String
    package let book: PriceBook
    /// The credential that made it; empty for the one that came with the server.
    package let createdBy: String
    /// Unix time; nil for the one that came with the server.
    package let createdAtMilliseconds: UInt64?

    package init(
        version: String, book: PriceBook, createdBy: String, createdAtMilliseconds: UInt64?
    ) {
        self.version = version
        self.book = book
        self.createdBy = createdBy
        self.createdAtMilliseconds = createdAtMilliseconds
    }
}
