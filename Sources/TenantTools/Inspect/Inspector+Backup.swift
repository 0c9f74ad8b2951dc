import ChromaModel
import TenantStorage

extension Inspector {
    /// Checks every byte of a backup.
    func reportBackup(_ path: String) -> FileReport {
        var report = FileReport(path, "backup")
        do {
            let backup = try BackupReader(path, fileSystem: fileSystem)
            _ = try backup.openSegments()
            let manifest = backup.manifest
            report.add("tenant", manifest.tenantName)
            report.add("tenant_id", manifest.tenantID)
            report.add("position", manifest.position)
            report.add("bytes", manifest.byteCount)
            report.add(
                "collections", ["collection", "database", "name", "records", "digest"],
                limit: options.rowsMax,
                manifest.collections.lazy.map { collection in
                    [
                        collection.id, collection.database, collection.name,
                        "\(collection.records)", collection.digest,
                    ]
                })
        } catch {
            let message = (error as? ServiceError)?.message ?? "\(error)"
            report.findings = [Finding(.damage, path, message)]
        }
        return report
    }
}
