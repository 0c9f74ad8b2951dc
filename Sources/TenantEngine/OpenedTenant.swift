import ChromaModel
import Logging
import Platform
import TenantStorage

/// A tenant read from disk: what an engine starts from.
struct OpenedTenant {
    let tenant: TenantID
    let directory: CollectionDirectory
    let log: LogWriter
    /// Nil when it could not be made; everything works without it until the next start.
    let catalog: Catalog?
    let segments: SegmentStore
    let checkpoints: CheckpointFile
    /// Counts the memory of the collections' records.
    let budget: TenantBudget
    let unreported: UnreportedMark
    /// Whether the log holds entries behind the checkpoint.
    let isUnsealed: Bool
}

/// Opens a tenant's directory: reads the checkpoint, replays the log, mends the catalog.
struct TenantOpener {
    let fileSystem: any FileSystem
    let configuration: EngineConfiguration
    let writes: WriteBudget
    let logger: Logger

    /// Blocking; call on an I/O thread.
    ///
    /// - Parameter durableEnd: where a writer that failed in this process said the log ends.
    /// - Throws: `StorageError` when acknowledged data is damaged or cannot be read.
    func open(_ tenant: TenantID, durableEnd: LogEnd?) throws(StorageError) -> OpenedTenant {
        let root = configuration.directory + "/" + tenant.description
        let segments = SegmentStore(fileSystem: fileSystem, directory: root + "/segments")
        let checkpoints = CheckpointFile(
            fileSystem: fileSystem, directory: root + "/log", tenant: tenant)
        let checkpoint = try checkpoints.newest()
        let budget = TenantBudget(of: writes)
        var directory = CollectionDirectory(checkpoint, segments: segments, budget: budget)
        let reader = LogReader(fileSystem: fileSystem, directory: root + "/log", tenant: tenant)
        let end = try reader.replay(after: checkpoint, durableEnd: durableEnd) {
            (position, entry) in
            _ = directory.apply(entry, at: position)
        }
        do {
            try fileSystem.createDurableDirectory(root + "/log")
            try fileSystem.createDurableDirectory(root + "/segments")
            try segments.removeAll(except: checkpoint.segmentParts)
            try checkpoints.removeFilesBefore(checkpoint)
            let log = try LogWriter(
                fileSystem: fileSystem, directory: root + "/log", tenant: tenant, end: end,
                fileBytesMax: configuration.logFileBytesMax)
            let catalog = CatalogOpener(fileSystem: fileSystem, logger: logger)
            logger.info(
                "tenant opened",
                metadata: ["tenant": "\(tenant)", "log_position": "\(end.last)"])
            return OpenedTenant(
                tenant: tenant, directory: directory, log: log,
                catalog: try catalog.open(
                    root + "/catalog.sqlite", tenant, directory, logEnd: end.last),
                segments: segments, checkpoints: checkpoints, budget: budget,
                unreported: UnreportedMark(
                    of: tenant, in: configuration.unreportedDirectory, fileSystem: fileSystem,
                    logger: logger),
                isUnsealed: end.last > checkpoint.position)
        } catch let error as FileError {
            throw .file(error)
        } catch let error as StorageError {
            throw error
        } catch {
            throw .malformed("\(error)")
        }
    }
}

extension CollectionDirectory {
    /// The collections of a checkpoint. No segment is read.
    init(_ checkpoint: Checkpoint, segments: SegmentStore, budget: TenantBudget) {
        self.init(budget: budget)
        let inOrder = checkpoint.collections.sorted { $0.state.createdAt < $1.state.createdAt }
        for described in inOrder {
            let unread = UnreadRecords(
                at: checkpoint.position.value, parts: described.parts,
                nextOrder: described.nextOrder, logicalBytes: described.logicalBytes,
                segments: segments, budget: budget)
            let collection = Collection(described.state, contents: CollectionContents(unread))
            insert(collection, named: described.state.name)
            for changes in described.unfolded {
                _ = collection.apply(changes, at: checkpoint.position)
            }
        }
        lineages = Lineages(
            checkpoint.lineages, roots: checkpoint.collections.map(\.state.root))
        usage = checkpoint.usage
    }
}
