import Access
import Billing
import ChromaModel
import ControlPlane
import SwiftProtobuf
import TesseraRPC

/// Price books of `tessera.admin.v1.UsageService`. They are every tenant's to see.
struct PriceBookService: Sendable {
    let controlPlane: ControlPlane

    var endpoints: [any AdminEndpoint] {
        [
            Endpoint(.createPriceBook, create), Endpoint(.getPriceBook, get),
            Endpoint(.listPriceBooks, list),
        ]
    }

    @Sendable private func create(
        _ request: AdminCreatePriceBookRequest, as principal: Principal
    ) async throws -> AdminPriceBook {
        let record = try await controlPlane.createPriceBook(
            PriceBook(request), version: request.priceBookID, by: "\(principal.credential)")
        return try AdminPriceBook(record, isInForce: true)
    }

    @Sendable private func get(
        _ request: AdminGetPriceBookRequest, as principal: Principal
    ) async throws -> AdminPriceBook {
        let name = try ResourceName(
            parsing: request.name, field: "name", as: [ResourceName.priceBookShape])
        let record = try await controlPlane.priceBook(name.segments[1])
        let newest = try await controlPlane.priceBook()
        return try AdminPriceBook(record, isInForce: record.version == newest.version)
    }

    @Sendable private func list(
        _ request: AdminListPriceBooksRequest, as principal: Principal
    ) async throws -> AdminListPriceBooksResponse {
        let records = try await controlPlane.priceBooks()
        return try AdminListPriceBooksResponse.with {
            $0.priceBooks = try records.enumerated().map { index, record in
                try AdminPriceBook(record, isInForce: index == 0)
            }
        }
    }
}
