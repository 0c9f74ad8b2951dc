import ChromaModel
import Logging
import Platform
import TenantStorage

/// Turns tails into segments and writes the checkpoint that lets the log be cut.
///
/// Blocking; one at a time. Nothing it does changes what a read returns. The order of its steps
/// is what makes a crash at any of them harmless: segments are durable before the checkpoint that
/// names them, the checkpoint before anything it replaces is removed.
struct Sealer {
    /// Rows beyond this size go into a file of their own; smaller collections share one.
    static let sharedFileBytesMax = 32 << 20

    /// What is known of a tenant at the moment its checkpoint's log file began.
    struct Capture: Sendable {
        let logFile: UInt64
        let position: LogPosition
        let collections: [CapturedCollection]
    }

    /// A collection's new segment.
    private struct Sealed {
        let captured: CapturedCollection
        let range: Range<Int>
        let rows: SealedRows
        let segment: SegmentID
    }

    let store: SegmentStore
    let checkpoints: CheckpointFile
    let random: any RandomSource

    func seal(_ capture: Capture) throws(StorageError) {
        let sealed = try writeSegments(capture)
        var byCollection: [CollectionID: Sealed] = [:]
        for part in sealed { byCollection[part.captured.collection.id] = part }
        let checkpoint = Checkpoint(
            logFile: capture.logFile, position: capture.position,
            collections: capture.collections.map { captured in
                describe(captured, byCollection[captured.collection.id], capture.position)
            })
        try disk { () throws(FileError) in try checkpoints.write(checkpoint) }
        for part in sealed { try publish(part) }
        for captured in capture.collections where captured.hasNewWrites {
            captured.collection.update { $0 = captured.sealed($0, at: capture.position) }
        }
        let kept = Set(checkpoint.collections.flatMap { $0.parts.map(\.segment) })
        try disk { () throws(FileError) in
            try store.removeAll(except: kept)
            try checkpoints.removeFilesBefore(checkpoint)
        }
    }

    /// Writes the new segments, durably.
    private func writeSegments(_ capture: Capture) throws(StorageError) -> [Sealed] {
        var sealed: [Sealed] = []
        var shared: [any SegmentRows] = []
        let sharedID = newID()
        for captured in capture.collections where !captured.partsToSeal.isEmpty {
            let range = captured.partsToSeal
            let rows = SealedRows(captured, range)
            let isLarge = rows.byteCount > Self.sharedFileBytesMax
            let segment = isLarge ? newID() : sharedID
            sealed.append(Sealed(captured: captured, range: range, rows: rows, segment: segment))
            guard rows.count > 0 else { continue }
            if isLarge {
                try disk { () throws(FileError) in try store.write([rows], as: segment) }
            } else {
                shared.append(rows)
            }
        }
        if !shared.isEmpty {
            try disk { () throws(FileError) in try store.write(shared, as: sharedID) }
        }
        return sealed
    }

    /// What the checkpoint says of a collection.
    private func describe(
        _ captured: CapturedCollection, _ sealed: Sealed?, _ position: LogPosition
    ) -> Checkpoint.Collection {
        let replaced = sealed?.range ?? captured.parts.endIndex..<captured.parts.endIndex
        var parts = captured.parts[..<replaced.lowerBound].compactMap(\.checkpointPart)
        if let sealed, sealed.rows.count > 0 {
            parts.append(
                Checkpoint.Part(
                    segment: sealed.segment, storedAs: captured.collection.id, deletedRows: []))
        }
        return Checkpoint.Collection(
            state: captured.sealed(captured.state, at: position),
            nextOrder: captured.nextOrder, parts: parts)
    }

    /// Puts the new segment in the place of what it was made from.
    private func publish(_ sealed: Sealed) throws(StorageError) {
        let collection = sealed.captured.collection
        let sections =
            sealed.rows.count > 0
            ? try store.rows(sealed.segment, of: collection.id) : nil
        collection.records.change { writer in
            writer.replace(sealed.range, with: sections, origins: sealed.rows.origins)
        }
    }

    private func newID() -> SegmentID { SegmentID(UniqueID(version4From: random.pair())) }

    private func disk<Result>(_ call: () throws(FileError) -> Result) throws(StorageError)
        -> Result
    {
        do { return try call() } catch { throw .file(error) }
    }
}

extension RecordWriter.SealedPart {
    /// The part as a checkpoint names it; nil for one in memory.
    fileprivate var checkpointPart: Checkpoint.Part? {
        guard case .segment(let sections) = rows else { return nil }
        return Checkpoint.Part(
            segment: sections.file.id, storedAs: sections.collection, deletedRows: deleted.rows)
    }
}
