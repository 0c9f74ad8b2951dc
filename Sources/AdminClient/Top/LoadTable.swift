import TesseraRPC

extension AdminTenantLoad: TableRow {
    package static var emptyTable: TextTable {
        TextTable("TENANT", "CPU%", "READS/S", "WRITES/S", "LOG/S", "TAIL", "COMPACTION")
    }

    package func append(to table: inout TextTable) {
        table.add(
            lastSegment(of: tenant), ShortNumber.tenths(cpuPercent),
            ShortNumber.tenths(readsPerSecond), ShortNumber.tenths(writesPerSecond),
            ShortNumber.bytes(writtenBytesPerSecond),
            open ? ShortNumber.bytes(Double(tailBytes)) : "closed", compaction)
    }

    /// What is under way, and what seals took that ended.
    private var compaction: String {
        let words = [
            sealing ? "sealing" : nil,
            indexBuilds > 0 ? "\(indexBuilds) indexing" : nil,
            sealingPercent > 0 ? "\(ShortNumber.tenths(sealingPercent))%" : nil,
        ].compactMap { $0 }
        return words.isEmpty ? "-" : words.joined(separator: " ")
    }
}
