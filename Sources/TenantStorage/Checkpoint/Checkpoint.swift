import ChromaModel
import Usage

/// Everything a tenant's engine knows, folded up to one position of the log.
///
/// Recovery is: read the newest checkpoint, replay the log files from its number on. The segments
/// it names are read when somebody asks for their rows. Older log files and segments that it does
/// not name are garbage.
package struct Checkpoint: Sendable {
    /// One collection: what it is and where its records are.
    package struct Collection: Sendable {
        package let state: CollectionState
        /// The next record's place in insertion order.
        package let nextOrder: UInt64
        /// Of the live records in `parts` (`docs/metering.md`).
        package let logicalBytes: UInt64
        /// Oldest first.
        package let parts: [Part]
        /// Changes of record entries after those that `parts` and `state` say, in order: they
        /// could not be folded in when the checkpoint was written, since a segment could not be
        /// read.
        package let unfolded: [[RecordChange]]

        package init(
            state: CollectionState, nextOrder: UInt64, logicalBytes: UInt64, parts: [Part],
            unfolded: [[RecordChange]]
        ) {
            self.state = state
            self.nextOrder = nextOrder
            self.logicalBytes = logicalBytes
            self.parts = parts
            self.unfolded = unfolded
        }
    }

    /// A collection's rows in one segment, and which of them are deleted.
    package struct Part: Sendable {
        package let segment: SegmentID
        /// The collection under which the segment holds the rows: a fork reads its parent's.
        package let storedAs: CollectionID
        package let deletedRows: [UInt32]
        /// What the segment holds, so that it need not be read to know.
        package let extent: SegmentExtent

        package init(
            segment: SegmentID, storedAs: CollectionID, deletedRows: [UInt32],
            extent: SegmentExtent
        ) {
            self.segment = segment
            self.storedAs = storedAs
            self.deletedRows = deletedRows
            self.extent = extent
        }

        package var liveCount: Int { extent.rowCount - deletedRows.count }
    }

    /// A tree of forks.
    package struct Lineage: Sendable, Hashable {
        /// The collection that was forked first; it may be gone.
        package let root: CollectionID
        /// Forks made in the whole tree, deleted ones among them.
        package let forkCount: Int

        package init(root: CollectionID, forkCount: Int) {
            self.root = root
            self.forkCount = forkCount
        }
    }

    /// The first log file that is not folded in.
    package let logFile: UInt64
    /// The last entry that is folded in.
    package let position: LogPosition
    package let collections: [Collection]
    /// The trees that have a live collection.
    package let lineages: [Lineage]
    /// What writes cost and the keeper of usage may not know yet.
    package let usage: WriteUsage

    package init(
        logFile: UInt64, position: LogPosition, collections: [Collection],
        lineages: [Lineage] = [], usage: WriteUsage = WriteUsage()
    ) {
        self.logFile = logFile
        self.position = position
        self.collections = collections
        self.lineages = lineages
        self.usage = usage
    }

    /// Every segment that holds rows of a collection.
    package var segments: Set<SegmentID> {
        Set(collections.flatMap { $0.parts.map(\.segment) })
    }

    /// Before a tenant's first checkpoint.
    package static let none = Checkpoint(logFile: 1, position: .zero, collections: [])
}
