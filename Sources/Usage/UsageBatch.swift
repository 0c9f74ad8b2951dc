import ChromaModel
import Crypto

/// A report: cells that one process knows, numbered so that a missing report shows.
///
/// The cells of a report may have other origins than the report: an engine reports what tenants'
/// logs counted.
package struct UsageBatch: Sendable, Equatable {
    /// The most cells in one report.
    package static let cellsMax = 500

    /// Who reports.
    package let origin: UsageOrigin
    /// 0 for the first report of a boot, rising by 1.
    package let sequence: UInt64
    /// `chainHash` of the report before; 32 zeros for the first.
    package let previousHash: [UInt8]
    /// Everything that the reporter counted before that minute is in this report or an earlier
    /// one.
    package let watermark: UsageMinute
    /// Whether the boot has ended and this is the last of it.
    package let isLast: Bool
    /// Sorted.
    package let cells: [UsageCell]

    package init(
        origin: UsageOrigin, sequence: UInt64, previousHash: [UInt8], watermark: UsageMinute,
        isLast: Bool = false, cells: [UsageCell]
    ) {
        self.origin = origin
        self.sequence = sequence
        self.previousHash = previousHash
        self.watermark = watermark
        self.isLast = isLast
        self.cells = cells.sorted()
    }

    /// What the first report has before it.
    package static let firstHash = [UInt8](repeating: 0, count: 32)

    /// SHA-256 of the hash before, the number and every cell.
    package var chainHash: [UInt8] {
        var hasher = SHA256()
        hasher.update(data: previousHash)
        hasher.update(data: Array("\(sequence) \(watermark) \(isLast)\n".utf8))
        for cell in cells { hasher.update(data: Array((cell.line + "\n").utf8)) }
        return Array(hasher.finalize())
    }
}

extension UsageCell {
    /// The cell as one line of text, for hashes.
    fileprivate var line: String {
        let (database, collection) = key.place
        return [
            "\(key.tenant)", "\(database)", "\(collection)", key.credential.value,
            meter.rawValue, "\(key.minute)", origin.source, origin.boot, "\(quantity)",
        ].joined(separator: "\t")
    }
}
