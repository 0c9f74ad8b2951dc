import ChromaModel
import TenantStorage
import Usage

/// What a collection stores and what a read goes through, in logical bytes (`docs/metering.md`).
struct LogicalSizes: Sendable, Hashable {
    /// Beside a record's own size, for each record of the log that a read goes through.
    private static let pulledOverheadBytes = 8

    /// Of the live records.
    private(set) var liveBytes: UInt64
    /// `compactedBytes` and `pulledLogBytes` as a read has them.
    private(set) var extent: ReadExtent

    /// - Parameter bytes: of the live records, all in segments.
    init(compactedBytes bytes: UInt64 = 0) {
        liveBytes = bytes
        extent = ReadExtent(compactedBytes: bytes)
    }

    mutating func add(_ bytes: Int) { liveBytes.addSaturating(UInt64(bytes)) }

    /// Never below nothing: what a damaged segment lost was counted once.
    mutating func remove(_ bytes: Int) { liveBytes -= min(liveBytes, UInt64(bytes)) }

    /// An entry of the log is here, whatever its effect.
    mutating func pull(_ change: RecordChange) {
        extent.pulledLogBytes.addSaturating(Self.pulledBytes(change))
    }

    /// A seal ended that began with those sizes.
    mutating func compacted(_ captured: LogicalSizes) {
        extent.compactedBytes = captured.liveBytes
        extent.pulledLogBytes -= min(
            extent.pulledLogBytes, captured.extent.pulledLogBytes)
    }

    static func pulledBytes(_ change: RecordChange) -> UInt64 {
        UInt64(change.logicalBytes + change.ids.count * pulledOverheadBytes)
    }
}

extension RowPayload {
    /// Of the record, with an embedding of that many elements.
    func logicalBytes(dimension: Int) -> Int {
        id.value.utf8.count + (document?.utf8.count ?? 0) + (uri?.utf8.count ?? 0)
            + (metadata?.logicalBytes ?? 0) + dimension * 4
    }
}
