import ChromaModel
import TenantStorage

/// The collections that a checkpoint and the log behind it lead to, without their records.
package enum CollectionFold {
    /// The state of each live collection, in no order. No segment is read.
    package static func states(
        after checkpoint: Checkpoint, _ entries: [(LogPosition, LogEntry)]
    ) -> [CollectionState] {
        var directory = CollectionDirectory()
        let inOrder = checkpoint.collections.sorted { $0.state.createdAt < $1.state.createdAt }
        for described in inOrder {
            let collection = Collection(described.state)
            directory.insert(collection, named: described.state.name)
            for changes in described.unfolded {
                _ = collection.apply(changes, at: checkpoint.position)
            }
        }
        directory.lineages = Lineages(
            checkpoint.lineages, roots: checkpoint.collections.map(\.state.root))
        for (position, entry) in entries { _ = directory.apply(entry, at: position) }
        return directory.all.map(\.state)
    }
}
