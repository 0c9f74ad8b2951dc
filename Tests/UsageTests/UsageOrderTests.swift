import ChromaModel
import Testing

@testable import Usage

struct UsageOrderTests {
    private static func cell(
        tenant: UInt64 = 1, collection: UInt64? = nil, credential: String = "k",
        meter: Meter = .forks, minute: UInt32 = 1, source: String = "s", boot: String = "b",
        quantity: UInt64 = 1
    ) -> UsageCell {
        UsageCell(
            key: UsageKey(
                tenant: TenantID(UniqueID(high: 0, low: tenant)), database: nil,
                collection: collection.map { CollectionID(UniqueID(high: 0, low: $0)) },
                credential: UsageCredential(credential), minute: UsageMinute(minute)),
            meter: meter, origin: UsageOrigin(source: source, boot: boot), quantity: quantity)
    }

    @Test("cells have one order, whatever order they come in")
    func order() {
        let cells = [
            Self.cell(), Self.cell(boot: "c"), Self.cell(source: "t", boot: "a"),
            Self.cell(meter: .queryUnits), Self.cell(minute: 2), Self.cell(credential: "l"),
            Self.cell(collection: 1), Self.cell(tenant: 2),
        ]
        #expect(cells.reversed().sorted() == cells)
        for (index, cell) in cells.enumerated() {
            for other in cells[(index + 1)...] {
                #expect(cell < other)
                #expect(!(other < cell))
            }
        }
    }

    @Test("a batch's hash depends on what is in it, not on the order it was given in")
    func hash() {
        let cells = [Self.cell(), Self.cell(minute: 2)]
        func batch(_ cells: [UsageCell], previous: [UInt8] = UsageBatch.firstHash) -> UsageBatch {
            UsageBatch(
                origin: UsageOrigin(source: "s", boot: "b"), sequence: 0, previousHash: previous,
                watermark: UsageMinute(1), cells: cells)
        }
        let hash = batch(cells).chainHash
        #expect(batch(cells.reversed()).chainHash == hash)
        #expect(batch([Self.cell()]).chainHash != hash)
        #expect(batch([Self.cell(quantity: 2), cells[1]]).chainHash != hash)
        #expect(batch(cells, previous: hash).chainHash != hash)
    }
}
