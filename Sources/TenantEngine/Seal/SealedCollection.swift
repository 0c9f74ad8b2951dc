import ChromaModel
import TenantStorage

/// A captured collection with everything in segments: what the checkpoint says of it, and what
/// its readers get.
struct SealedCollection {
    /// A new segment and the parts in whose place it comes.
    struct Replacement {
        let range: Range<Int>
        /// For each of the segment's rows where it comes from; parts are counted from the start
        /// of the range.
        let origins: [RowRef]
        /// Nil when no row was left.
        let sections: SegmentSections?
    }

    let captured: CapturedCollection
    /// Nil when all was in segments already.
    let replacement: Replacement?
    /// The log's, as of the capture.
    let position: LogPosition

    var described: Checkpoint.Collection {
        Checkpoint.Collection(
            state: captured.sealed(captured.state, at: position), nextOrder: captured.nextOrder,
            logicalBytes: captured.sizes.liveBytes,
            parts: parts.compactMap(\.checkpointPart), unfolded: [])
    }

    /// Puts the segment in its place. What was written since the capture stays on top.
    func publish() {
        guard captured.hasNewWrites || replacement != nil else { return }
        captured.records.change { writer in
            if let replacement {
                writer.replace(
                    replacement.range, with: replacement.sections, origins: replacement.origins)
            }
            writer.index(
                RecordSnapshot(parts: parts.map(\.part)),
                operations: captured.unindexedOperations, upTo: position.value,
                captured: captured.sizes)
        }
        captured.collection.update { $0 = captured.sealed($0, at: position) }
    }

    /// The parts as of the capture, all in segments.
    private var parts: [RecordWriter.SealedPart] {
        guard let replacement else { return captured.parts }
        let older = Array(captured.parts[..<replacement.range.lowerBound])
        guard let sections = replacement.sections else { return older }
        let deleted = DeletionMap(
            of: replacement.origins, in: captured.parts[replacement.range])
        return older
            + [RecordWriter.SealedPart(rows: .segment(sections), deleted: deleted, rowOfID: [:])]
    }
}

extension RecordWriter.SealedPart {
    /// The part as a checkpoint names it; nil for one in memory.
    fileprivate var checkpointPart: Checkpoint.Part? {
        guard case .segment(let sections) = rows else { return nil }
        return Checkpoint.Part(
            segment: sections.file.id, storedAs: sections.collection, deletedRows: deleted.rows,
            extent: sections.extent)
    }
}
