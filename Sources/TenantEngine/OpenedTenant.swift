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
}

/// Opens a tenant's directory: replays the log, checks and mends the catalog.
struct TenantOpener {
    let fileSystem: any FileSystem
    let configuration: EngineConfiguration
    let logger: Logger

    /// Blocking; call on an I/O thread.
    ///
    /// - Parameter durableEnd: where a writer that failed in this process said the log ends.
    /// - Throws: `StorageError` when acknowledged data is damaged or cannot be read.
    func open(_ tenant: TenantID, durableEnd: LogEnd?) throws(StorageError) -> OpenedTenant {
        let root = configuration.directory + "/" + tenant.description
        let reader = LogReader(fileSystem: fileSystem, directory: root + "/log", tenant: tenant)
        var directory = CollectionDirectory()
        let end = try reader.replay(durableEnd: durableEnd) { (position, entry) in
            _ = directory.apply(entry, at: position)
        }
        do {
            try fileSystem.createDirectory(root)
            try fileSystem.syncDirectory(configuration.directory)
            let log = try LogWriter(
                fileSystem: fileSystem, directory: root + "/log", tenant: tenant, end: end,
                fileBytesMax: configuration.logFileBytesMax)
            let catalog = try openCatalog(
                root + "/catalog.sqlite", tenant, directory, logEnd: end.last)
            logger.info(
                "tenant opened",
                metadata: ["tenant": "\(tenant)", "log_position": "\(end.last)"])
            return OpenedTenant(tenant: tenant, directory: directory, log: log, catalog: catalog)
        } catch let error as FileError {
            throw .file(error)
        } catch let error as StorageError {
            throw error
        } catch {
            throw .malformed("\(error)")
        }
    }

    /// The catalog, brought up to the log's end; a damaged one is made anew.
    ///
    /// - Throws: `StorageError.corrupt` when it knows of later entries than the log holds: the
    ///   log lost its end after the entries were acknowledged.
    private func openCatalog(
        _ path: String, _ tenant: TenantID, _ directory: CollectionDirectory,
        logEnd: LogPosition
    ) throws(StorageError) -> Catalog? {
        if let catalog = try? Catalog(path: path, tenant: tenant),
            let applied = try? catalog.appliedPosition()
        {
            guard applied <= logEnd else {
                throw .corrupt(
                    file: path, offset: 0,
                    "the log ends at \(logEnd) but entry \(applied) was acknowledged")
            }
            if applied == logEnd || (try? rebuild(catalog, directory, logEnd)) != nil {
                return catalog
            }
        }
        logger.warning("catalog is unreadable; making it anew", metadata: ["path": "\(path)"])
        do {
            for suffix in ["", "-wal", "-shm"] { try fileSystem.removeFile(path + suffix) }
            let catalog = try Catalog(path: path, tenant: tenant)
            try rebuild(catalog, directory, logEnd)
            return catalog
        } catch {
            logger.error("no catalog", metadata: ["path": "\(path)", "error": "\(error)"])
            return nil
        }
    }

    private func rebuild(
        _ catalog: Catalog, _ directory: CollectionDirectory, _ position: LogPosition
    ) throws {
        try catalog.rebuild(directory.all.map { CatalogRow($0.state) }, upTo: position)
    }
}
