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
        let lineages: [Checkpoint.Lineage]
    }

    /// A group's new segment.
    private struct Sealed {
        let group: SealGroup
        let rows: SealedRows
        let segment: SegmentID
    }

    let store: SegmentStore
    let checkpoints: CheckpointFile
    let random: any RandomSource

    /// Writes segments and checkpoint, and puts the new segments in the place of what they hold.
    /// What is garbage then is removed by `removeGarbage`.
    func seal(_ capture: Capture) throws(StorageError) -> Checkpoint {
        let sealed = try writeSegments(capture)
        let checkpoint = describe(capture, sealed)
        try disk { () throws(FileError) in try checkpoints.write(checkpoint) }
        for part in sealed { try publish(part) }
        for captured in capture.collections where captured.hasNewWrites {
            captured.collection.update { $0 = captured.sealed($0, at: capture.position) }
        }
        return checkpoint
    }

    /// Removes what the checkpoint has replaced.
    ///
    /// - Parameter used: segments that collections read now. A fork made since the capture may
    ///   share some that the checkpoint doesn't name; the next checkpoint will.
    func removeGarbage(before checkpoint: Checkpoint, used: Set<SegmentID>) throws(StorageError) {
        try disk { () throws(FileError) in
            try store.removeAll(except: checkpoint.segments.union(used))
            try checkpoints.removeFilesBefore(checkpoint)
        }
    }

    /// Writes the new segments, durably.
    private func writeSegments(_ capture: Capture) throws(StorageError) -> [Sealed] {
        var sealed: [Sealed] = []
        var shared: [any SegmentRows] = []
        let sharedID = newID()
        for group in SealGroup.groups(of: capture.collections) {
            let rows = SealedRows(group)
            let isLarge = rows.byteCount > Self.sharedFileBytesMax
            let segment = isLarge ? newID() : sharedID
            sealed.append(Sealed(group: group, rows: rows, segment: segment))
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

    private func describe(_ capture: Capture, _ sealed: [Sealed]) -> Checkpoint {
        var replaced: [CollectionID: (Sealed, SealGroup.Member)] = [:]
        for part in sealed {
            for member in part.group.members {
                replaced[member.captured.collection.id] = (part, member)
            }
        }
        return Checkpoint(
            logFile: capture.logFile, position: capture.position,
            collections: capture.collections.map { captured in
                Checkpoint.Collection(
                    state: captured.sealed(captured.state, at: capture.position),
                    nextOrder: captured.nextOrder,
                    parts: Self.parts(of: captured, replaced[captured.collection.id]))
            },
            lineages: capture.lineages)
    }

    /// The parts of a collection after the seal.
    private static func parts(
        of captured: CapturedCollection, _ replaced: (Sealed, SealGroup.Member)?
    ) -> [Checkpoint.Part] {
        guard let (sealed, member) = replaced else {
            return captured.parts.compactMap(\.checkpointPart)
        }
        let older = captured.parts[..<member.range.lowerBound].compactMap(\.checkpointPart)
        guard sealed.rows.count > 0 else { return older }
        let deleted = DeletionMap(of: sealed.rows.origins, in: member.parts)
        let new = Checkpoint.Part(
            segment: sealed.segment, storedAs: sealed.rows.collection, deletedRows: deleted.rows)
        return older + [new]
    }

    /// Puts the new segment in the place of what it was made from.
    private func publish(_ sealed: Sealed) throws(StorageError) {
        let sections =
            sealed.rows.count > 0
            ? try store.rows(sealed.segment, of: sealed.rows.collection) : nil
        for member in sealed.group.members {
            member.captured.collection.records.change { writer in
                writer.replace(member.range, with: sections, origins: sealed.rows.origins)
            }
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
