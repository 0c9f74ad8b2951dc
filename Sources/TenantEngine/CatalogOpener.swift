import ChromaModel
import Logging
import Platform
import TenantStorage

/// Opens a tenant's catalog and brings it up to the log.
struct CatalogOpener {
    let fileSystem: any FileSystem
    let logger: Logger

    /// The catalog, brought up to the log's end; a damaged one is made anew.
    ///
    /// - Throws: `StorageError.corrupt` when it knows of later entries than the log holds: the
    ///   log lost its end after the entries were acknowledged.
    func open(
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
