import ChromaModel
import Logging
import Platform
import TenantStorage
import Usage

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
        let lineages: [Checkpoint.Lineage]
        let usage: WriteUsage
        /// Whether it is sealed because nobody has written for a while.
        var isQuiet: Bool
        var collections: [CapturedCollection] = []
        /// Those that nobody has read since the tenant was opened: they stay as they are.
        var unread: [Checkpoint.Collection] = []
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
    ///
    /// - Parameter onDamage: called with a collection of which a segment turned out to be
    ///   damaged. It is not merged then, and what is in memory goes into a segment of its own.
    /// - Throws: when the capture could not be sealed; it may be tried again. What was written in
    ///   vain is gone then: the disk may be full.
    func seal(
        _ capture: Capture, onDamage: @escaping (Collection, StorageError) -> Void
    ) throws(StorageError) -> Checkpoint {
        var mergeCheck = MergeCheck(isQuiet: capture.isQuiet, onDamage: onDamage)
        let groups = SealGroup.groups(of: capture.collections) { mergeCheck.partsToSeal(of: $0) }
        var written: Set<SegmentID> = []
        do { return try seal(groups, of: capture, writing: &written) } catch {
            discard(written, of: capture)
            throw error
        }
    }

    /// Segments that a checkpoint may name stay: it may have got its name and only the sync of
    /// the directory failed.
    private func discard(_ segments: Set<SegmentID>, of capture: Capture) {
        guard (try? checkpoints.exists(capture.logFile)) == false else { return }
        for segment in segments { try? store.remove(segment) }
    }

    private func seal(
        _ groups: [SealGroup], of capture: Capture, writing written: inout Set<SegmentID>
    ) throws(StorageError) -> Checkpoint {
        var replacements: [CollectionID: SealedCollection.Replacement] = [:]
        for sealed in try writeSegments(groups, &written) {
            // Read back and checked, before the log is cut.
            let sections =
                sealed.rows.count > 0
                ? try store.rowsReadBack(sealed.segment, of: sealed.rows.collection) : nil
            for member in sealed.group.members {
                replacements[member.captured.collection.id] = SealedCollection.Replacement(
                    range: member.range, origins: sealed.rows.origins, sections: sections)
            }
        }
        let collections = capture.collections.map { captured in
            SealedCollection(
                captured: captured, replacement: replacements[captured.collection.id],
                position: capture.position)
        }
        let checkpoint = Checkpoint(
            logFile: capture.logFile, position: capture.position,
            collections: collections.map(\.described) + capture.unread,
            lineages: capture.lineages, usage: capture.usage)
        try disk { () throws(FileError) in try checkpoints.write(checkpoint) }
        for collection in collections { collection.publish() }
        return checkpoint
    }

    /// Removes what the checkpoint has replaced.
    ///
    /// - Parameter kept: rows that the checkpoint names or collections read now.
    func removeGarbage(before checkpoint: Checkpoint, except kept: Set<SegmentPart>)
        throws(StorageError)
    {
        try disk { () throws(FileError) in
            try store.removeAll(except: kept)
            try checkpoints.removeFilesBefore(checkpoint)
        }
    }

    /// Writes the new segments, durably.
    ///
    /// - Parameter written: gets each segment before the first byte of it is written.
    private func writeSegments(_ groups: [SealGroup], _ written: inout Set<SegmentID>)
        throws(StorageError) -> [Sealed]
    {
        var sealed: [Sealed] = []
        var shared: [any SegmentRows] = []
        let sharedID = newID()
        for group in groups {
            let rows = SealedRows(group)
            let isLarge = rows.byteCount > Self.sharedFileBytesMax
            let segment = isLarge ? newID() : sharedID
            sealed.append(Sealed(group: group, rows: rows, segment: segment))
            written.insert(segment)
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

    private func newID() -> SegmentID { SegmentID(UniqueID(version4From: random.pair())) }

    private func disk<Result>(_ call: () throws(FileError) -> Result) throws(StorageError)
        -> Result
    {
        do { return try call() } catch { throw .file(error) }
    }
}
