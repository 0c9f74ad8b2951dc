import ChromaModel

/// Everything a tenant's engine knows, folded up to one position of the log.
///
/// Recovery is: read the newest checkpoint, map the segments it names, replay the log files from
/// its number on. Older log files and segments that it does not name are garbage.
package struct Checkpoint: Sendable {
    /// One collection: what it is and where its records are.
    package struct Collection: Sendable {
        package let state: CollectionState
        /// The next record's place in insertion order.
        package let nextOrder: UInt64
        /// Oldest first.
        package let parts: [Part]

        package init(state: CollectionState, nextOrder: UInt64, parts: [Part]) {
            self.state = state
            self.nextOrder = nextOrder
            self.parts = parts
        }
    }

    /// A collection's rows in one segment, and which of them are deleted.
    package struct Part: Sendable {
        package let segment: SegmentID
        /// The collection under which the segment holds the rows: a fork reads its parent's.
        package let storedAs: CollectionID
        package let deletedRows: [UInt32]

        package init(segment: SegmentID, storedAs: CollectionID, deletedRows: [UInt32]) {
            self.segment = segment
            self.storedAs = storedAs
            self.deletedRows = deletedRows
        }
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

    package init(
        logFile: UInt64, position: LogPosition, collections: [Collection],
        lineages: [Lineage] = []
    ) {
        self.logFile = logFile
        self.position = position
        self.collections = collections
        self.lineages = lineages
    }

    /// Every segment that holds rows of a collection.
    package var segments: Set<SegmentID> {
        Set(collections.flatMap { $0.parts.map(\.segment) })
    }

    /// Before a tenant's first checkpoint.
    package static let none = Checkpoint(logFile: 1, position: .zero, collections: [])
}
