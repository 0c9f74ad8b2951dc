import Billing
import ChromaModel
import Directory
import Platform
import Postgres

extension ControlPlane {
    /// How many price books there may be.
    private static let priceBooksMax = 1000

    /// Every price book, the one in force first, the one that came with the server last.
    package func priceBooks() async throws -> [PriceBookRecord] {
        let made = try await translatingErrors { try await PriceBookStore.list(in: pool) }
        return made + [
            PriceBookRecord(
                version: PriceBook.publishedVersion, book: try .published(), createdBy: "",
                createdAtMilliseconds: nil)
        ]
    }

    /// The price book of a version; of none, the one in force. Throws `notFound`.
    package func priceBook(_ version: String? = nil) async throws -> PriceBookRecord {
        let found = try await priceBooks().first { record in
            version.map { record.version.isByteEqual(to: $0) } ?? true
        }
        guard let found else {
            throw ServiceError(.notFound, "Price book [\(version ?? "")] not found")
        }
        return found
    }

    /// Makes a price book, which is in force from then on.
    ///
    /// Throws `invalidArgument` for a version that is none, `alreadyExists` when it is taken.
    package func createPriceBook(_ book: PriceBook, version: String, by credential: String)
        async throws -> PriceBookRecord
    {
        guard version.wholeMatch(of: /[a-z0-9][a-z0-9.\-]{0,62}/) != nil else {
            throw ServiceError.invalid(
                "A price book's version is 1 to 63 small letters, digits, dots and hyphens.")
        }
        let record = PriceBookRecord(
            version: version, book: book, createdBy: credential,
            createdAtMilliseconds: time.unixMilliseconds())
        let all = try await priceBooks()
        guard all.count < Self.priceBooksMax else {
            throw ServiceError(
                .resourceExhausted, "There are \(all.count) price books; no more are kept.")
        }
        guard !all.contains(where: { $0.version.isByteEqual(to: version) }) else {
            throw Self.priceBookExists(version)
        }
        do {
            return try await commit { transaction in
                try await PriceBookStore.insert(record, in: transaction)
                return (record, .pricesChanged)
            }
        } catch let error as ServiceError where error.code == .alreadyExists {
            throw Self.priceBookExists(version)
        }
    }

    private static func priceBookExists(_ version: String) -> ServiceError {
        ServiceError(
            .alreadyExists,
            "Price book [\(version)] already exists, and none is ever changed: take another"
                + " version.")
    }
}
