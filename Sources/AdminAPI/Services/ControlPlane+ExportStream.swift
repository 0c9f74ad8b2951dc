import Billing
import ChromaModel
import ControlPlane
import TesseraRPC

extension ControlPlane {
    /// How CloudEvents name where they come from.
    static let eventSource = "urn:tessera:usage"

    /// An export, ready to be made.
    ///
    /// - Parameters:
    ///   - tenant: nil: of all tenants.
    ///   - now: when it was asked for, in Unix time.
    /// - Throws: `invalidArgument`, `notFound` for a price book that is none.
    func exportStream(
        _ request: AdminExportUsageRequest, of tenant: TenantID?, atMilliseconds now: UInt64
    ) async throws -> ByteStream {
        let format = try UsageFormat.named(request.format)
        var selection = try UsageFilter(request).selection(
            of: tenant, window: .hour, atMilliseconds: now)
        if request.groupBy.isEmpty { selection.grouping = .everything }
        let prices = try await priceBook(request.priceBook.isEmpty ? nil : request.priceBook)
        let writer = UsageWriter(
            format, prices: prices.book, version: prices.version, source: Self.eventSource)
        let wanted = selection
        return ByteStream(contentType: format.contentType) { sink in
            var writer = writer
            var bytes = writer.head
            try await self.eachUsageLine(wanted, includesOpen: request.includeOpen) { lines in
                for line in lines {
                    bytes += try writer.bytes(of: line)
                    guard bytes.count >= ByteStream.partBytes else { continue }
                    try await sink(bytes)
                    bytes.removeAll(keepingCapacity: true)
                }
            }
            try await sink(bytes + writer.tail)
        }
    }
}
