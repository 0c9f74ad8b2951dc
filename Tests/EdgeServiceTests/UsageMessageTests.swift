import ChromaModel
import FoundationEssentials
import SwiftProtobuf
import TesseraRPC
import Testing
import Usage

@testable import EdgeService

struct UsageMessageTests {
    private static func batch() -> UsageBatch {
        let origin = UsageOrigin(source: "node", boot: "boot")
        let tenant = TenantID(UniqueID(high: 1, low: .max))
        let whole = UsageKey(
            tenant: tenant, database: DatabaseID(UniqueID(high: 3, low: 4)),
            collection: CollectionID(UniqueID(high: 5, low: 6)),
            credential: UsageCredential("issuer/0f"), minute: UsageMinute(7))
        let tenantOnly = UsageKey(
            tenant: tenant, database: nil, collection: nil, credential: .server,
            minute: UsageMinute(8))
        return UsageBatch(
            origin: origin, sequence: .max, previousHash: (0..<32).map { UInt8($0) },
            watermark: UsageMinute(9), isLast: true,
            cells: Meter.allCases.map {
                UsageCell(key: whole, meter: $0, origin: origin, quantity: .max)
            } + [
                UsageCell(
                    key: tenantOnly, meter: .forks,
                    origin: UsageOrigin(source: "log:x", boot: "1"), quantity: 0)
            ])
    }

    @Test("a report crosses as it is, and its hash with it")
    func report() throws {
        let batch = Self.batch()
        let bytes: [UInt8] = try EdgePushUsageRequest(batch).serializedBytes()
        let read = try EdgePushUsageRequest(serializedBytes: bytes).batch()
        #expect(read == batch)
        #expect(read.chainHash == batch.chainHash)
    }

    @Test("both answers cross")
    func receipts() throws {
        for receipt in [
            UsageReceipt.taken, .expects(sequence: 0, previousHash: UsageBatch.firstHash),
        ] {
            let read = try EdgePushUsageResponse(receipt).receipt()
            #expect(read == receipt)
        }
    }

    @Test("a report of another release's meter, or of too many cells, is refused")
    func refused() {
        var unknown = EdgePushUsageRequest(Self.batch())
        unknown.cells[0].meter = "moon_phases"
        #expect(throws: ServiceError.self) { try unknown.batch() }
        var long = EdgePushUsageRequest(Self.batch())
        long.cells = Array(repeating: long.cells[0], count: UsageBatch.cellsMax + 1)
        #expect(throws: ServiceError.self) { try long.batch() }
        var short = EdgePushUsageRequest(Self.batch())
        short.previousHash.removeLast()
        #expect(throws: ServiceError.self) { try short.batch() }
    }
}
