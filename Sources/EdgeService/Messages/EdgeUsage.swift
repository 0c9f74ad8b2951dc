import ChromaModel
import FoundationEssentials
import SwiftProtobuf
import TesseraRPC
import Usage

extension EdgePushUsageRequest {
    init(_ batch: UsageBatch) {
        self.init()
        source = batch.origin.source
        boot = batch.origin.boot
        sequence = batch.sequence
        previousHash = Data(batch.previousHash)
        watermarkMinute = batch.watermark.value
        isLast = batch.isLast
        cells = batch.cells.map { EdgeUsageCell($0) }
    }

    /// Throws `internalError`.
    func batch() throws(ServiceError) -> UsageBatch {
        var read: [UsageCell] = []
        for cell in cells { read.append(try cell.cell()) }
        guard previousHash.count == UsageBatch.firstHash.count, read.count <= UsageBatch.cellsMax
        else { throw .unreadableMessage("a report of usage") }
        return UsageBatch(
            origin: UsageOrigin(source: source, boot: boot), sequence: sequence,
            previousHash: Array(previousHash), watermark: UsageMinute(watermarkMinute),
            isLast: isLast, cells: read)
    }
}

extension EdgeUsageCell {
    init(_ cell: UsageCell) {
        self.init()
        tenantID = Data(cell.key.tenant.uuid)
        if let database = cell.key.database { databaseID = Data(database.uuid) }
        if let collection = cell.key.collection { collectionID = Data(collection.uuid) }
        credential = cell.key.credential.value
        minute = cell.key.minute.value
        meter = cell.meter.rawValue
        source = cell.origin.source
        boot = cell.origin.boot
        quantity = cell.quantity
    }

    /// Throws `internalError`.
    func cell() throws(ServiceError) -> UsageCell {
        guard let meter = Meter(rawValue: meter) else { throw .unreadableMessage("a meter") }
        return UsageCell(
            key: UsageKey(
                tenant: TenantID(try tenantID.uniqueID()),
                database: hasDatabaseID ? DatabaseID(try databaseID.uniqueID()) : nil,
                collection: hasCollectionID ? CollectionID(try collectionID.uniqueID()) : nil,
                credential: UsageCredential(credential), minute: UsageMinute(minute)),
            meter: meter, origin: UsageOrigin(source: source, boot: boot), quantity: quantity)
    }
}

extension EdgePushUsageResponse {
    init(_ receipt: UsageReceipt) {
        self.init()
        guard case .expects(let sequence, let hash) = receipt else { return }
        expected = .with {
            $0.sequence = sequence
            $0.previousHash = Data(hash)
        }
    }

    /// Throws `internalError`.
    func receipt() throws(ServiceError) -> UsageReceipt {
        guard hasExpected else { return .taken }
        guard expected.previousHash.count == UsageBatch.firstHash.count else {
            throw .unreadableMessage("an answer to a report of usage")
        }
        return .expects(
            sequence: expected.sequence, previousHash: Array(expected.previousHash))
    }
}
