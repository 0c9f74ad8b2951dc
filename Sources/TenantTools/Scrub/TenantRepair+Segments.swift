import ChromaModel
import Platform
import TenantStorage
import VectorIndex

extension TenantRepair {
    /// Rows of a collection in a segment.
    struct PartName: Hashable {
        let segment: SegmentID
        let collection: CollectionID
    }

    /// Writes each damaged segment again with the rows that are whole.
    ///
    /// - Returns: the rows that are not, among those that the checkpoint names.
    mutating func repairSegments(_ checkpoint: Checkpoint) throws(FileError) -> Set<PartName> {
        var lost: Set<PartName> = []
        for part in checkpoint.collections.flatMap(\.parts)
        where survey.segments[part.segment]?.rows(of: part.storedAs)?.columns == nil {
            lost.insert(PartName(segment: part.segment, collection: part.storedAs))
        }
        for (id, segment) in survey.segments.sorted(by: { $0.key < $1.key }) {
            guard let finding = survey.findings.first(where: { $0.file == segment.path }) else {
                continue
            }
            let whole = segment.collections.compactMap(\.columns)
            if whole.isEmpty {
                try quarantine.take(segment.path, because: finding.what)
                did("\(segment.path) is in quarantine: none of its rows can be read")
            } else {
                try quarantine.keep(segment.path, because: finding.what)
                try rewrite(id, whole)
                did(
                    "\(segment.path) is written anew with the rows of \(whole.count) of "
                        + "\(segment.collections.count) collections")
            }
        }
        return lost
    }

    /// Takes damaged indexes away: the engine builds them anew.
    mutating func repairIndexes() throws(FileError) {
        for finding in survey.findings
        where finding.severity == .derivable
            && finding.file.hasSuffix(IndexFileFormat.nameEnding)
        {
            try quarantine.take(finding.file, because: finding.what)
            try files.fileSystem.syncDirectory(files.segments)
            did("\(finding.file) is in quarantine; the engine builds it anew")
        }
    }

    private func rewrite(_ id: SegmentID, _ whole: [SegmentColumns]) throws(FileError) {
        let fileSystem = files.fileSystem
        let workshop = files.root + "/repair"
        try fileSystem.removeTree(workshop)
        try fileSystem.createDirectory(workshop)
        try SegmentWriter.write(
            whole.map(SalvagedRows.init), as: id, in: workshop, fileSystem: fileSystem)
        try fileSystem.rename(workshop + "/\(id).seg", to: files.path(of: id))
        try fileSystem.syncDirectory(files.segments)
        try fileSystem.removeTree(workshop)
    }

    /// Writes the checkpoint again without the parts that are gone.
    mutating func dropParts(_ lost: Set<PartName>, of checkpoint: Checkpoint) throws(FileError) {
        guard !lost.isEmpty else { return }
        let path = files.checkpoints.path(checkpoint.logFile)
        try quarantine.keep(path, because: "it names rows that cannot be read")
        try files.checkpoints.write(checkpoint.without(lost))
        for part in lost.sorted(by: { $0.collection < $1.collection }) {
            did(
                "collection \(part.collection) goes on without the rows of segment "
                    + "\(part.segment)")
        }
    }
}

extension Checkpoint {
    fileprivate func without(_ lost: Set<TenantRepair.PartName>) -> Checkpoint {
        Checkpoint(
            logFile: logFile, position: position,
            collections: collections.map { collection in
                Collection(
                    state: collection.state, nextOrder: collection.nextOrder,
                    logicalBytes: collection.logicalBytes,
                    parts: collection.parts.filter { part in
                        !lost.contains(
                            TenantRepair.PartName(
                                segment: part.segment, collection: part.storedAs))
                    },
                    unfolded: collection.unfolded)
            },
            lineages: lineages, usage: usage)
    }
}

/// All rows of a damaged segment's collection, deleted ones too, as a segment writer wants them.
private struct SalvagedRows: SegmentRows {
    let columns: SegmentColumns

    init(_ columns: SegmentColumns) { self.columns = columns }

    var collection: CollectionID { columns.collection }
    var dimension: Int { columns.dimension }
    var count: Int { columns.rowCount }

    func id(_ row: Int) -> RecordID { columns.id(row) }
    func order(_ row: Int) -> UInt64 { columns.order(row) }
    func document(_ row: Int) -> String? { columns.document(row) }
    func uri(_ row: Int) -> String? { columns.uri(row) }
    func metadata(_ row: Int) -> Metadata? { columns.metadata(row) }

    func inverseNorm(_ row: Int) -> Float {
        columns.withEmbedding(row) { DistanceKernel.inverseNorm($0) }
    }

    func withEmbedding(_ row: Int, _ body: (UnsafeBufferPointer<Float>) -> Void) {
        columns.withEmbedding(row, body)
    }
}
