import ChromaModel
import Platform
import TenantStorage
import Usage

/// Writes a backup's files into the directory of a tenant that does not exist yet. Blocking.
struct BackupInstaller: Sendable {
    let backup: BackupReader
    let target: TenantFiles
    let ledger: RestoreLedger

    /// Durable when it returns.
    ///
    /// - Parameter databases: the new tenant's database for each of the backup's.
    /// - Throws: `ServiceError` or `FileError`; then nothing is left behind, or the next start
    ///   removes it.
    func install(_ databases: [DatabaseID: DatabaseID]) throws -> InstalledBackup {
        try ledger.begin(target.tenant)
        do {
            try write(databases)
            return InstalledBackup(
                backup: backup, segments: try backup.openSegments(in: target.segments))
        } catch {
            try? withdraw()
            throw error
        }
    }

    /// Removes what was written.
    func withdraw() throws {
        try target.fileSystem.removeTree(target.root)
        try ledger.end(target.tenant)
    }

    private func write(_ databases: [DatabaseID: DatabaseID]) throws {
        try target.fileSystem.createDurableDirectory(target.log)
        try target.fileSystem.createDurableDirectory(target.segments)
        for segment in backup.checkpoint.segments.sorted() {
            try backup.copy(segment, to: target.path(of: segment))
        }
        try target.fileSystem.syncDirectory(target.segments)
        try target.checkpoints.write(moved(to: databases))
    }

    /// The checkpoint with the new tenant's databases, in front of a log that has no file yet.
    /// What the old tenant was charged is not the new one's; what it stores is.
    private func moved(to databases: [DatabaseID: DatabaseID]) -> Checkpoint {
        Checkpoint(
            logFile: 1, position: backup.checkpoint.position,
            collections: backup.checkpoint.collections.compactMap { collection in
                guard let database = databases[collection.state.database] else { return nil }
                var state = collection.state
                state.database = database
                return Checkpoint.Collection(
                    state: state, nextOrder: collection.nextOrder,
                    logicalBytes: collection.logicalBytes, parts: collection.parts,
                    unfolded: collection.unfolded)
            },
            lineages: backup.checkpoint.lineages, usage: storedUsage(in: databases))
    }

    private func storedUsage(in databases: [DatabaseID: DatabaseID]) -> WriteUsage {
        var usage = WriteUsage()
        for collection in backup.checkpoint.collections {
            guard let database = databases[collection.state.database] else { continue }
            usage.noteResized(
                collection.state.id, in: database, at: backup.checkpoint.position.value)
        }
        return usage
    }
}

/// A backup and the copies of its segments, which stay readable whatever the engine that has them
/// now does: so no failing backup disk is mapped.
package struct InstalledBackup: Sendable {
    let backup: BackupReader
    let segments: [SegmentFile]
}
