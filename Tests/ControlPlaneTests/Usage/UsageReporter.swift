import ChromaModel
import Usage

/// A process that counts and reports, as far as the keeper can see one.
struct UsageReporter {
    let origin: UsageOrigin
    private(set) var sequence: UInt64 = 0
    private(set) var hash = UsageBatch.firstHash

    init(_ source: String, boot: String = "1") {
        origin = UsageOrigin(source: source, boot: boot)
    }

    /// The next report, which counts as sent.
    mutating func report(
        _ cells: [UsageCell], watermark: UInt32 = 0, isLast: Bool = false
    ) -> UsageBatch {
        let batch = UsageBatch(
            origin: origin, sequence: sequence, previousHash: hash,
            watermark: UsageMinute(watermark), isLast: isLast, cells: cells)
        sequence += 1
        hash = batch.chainHash
        return batch
    }

    func cell(
        _ quantity: UInt64, tenant: TenantID = UsageReporter.tenant, collection: UInt64 = 1,
        credential: String = "AAAAAAAAAAA", meter: Meter = .writtenBytes, minute: UInt32
    ) -> UsageCell {
        UsageCell(
            key: UsageKey(
                tenant: tenant, database: DatabaseID(UniqueID(high: 7, low: 7)),
                collection: CollectionID(UniqueID(high: 9, low: collection)),
                credential: UsageCredential(credential), minute: UsageMinute(minute)),
            meter: meter, origin: origin, quantity: quantity)
    }

    static let tenant = TenantID(UniqueID(high: 1, low: 2))
}
