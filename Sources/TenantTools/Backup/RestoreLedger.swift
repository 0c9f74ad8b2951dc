import ChromaModel
import Platform

/// The restores that have begun and not ended: an empty file `DATA/restores/<tenant-uuid>` each.
///
/// It is there before the first of the new tenant's files and until the tenant is known or its
/// files are gone. So the next start finds whatever a crash has cut short. Blocking.
struct RestoreLedger: Sendable {
    let directory: String
    let fileSystem: any FileSystem

    /// Durable when it returns.
    func begin(_ tenant: TenantID) throws(FileError) {
        try fileSystem.createDurableDirectory(directory)
        try fileSystem.open(path(tenant), .createNew).close()
        try fileSystem.syncDirectory(directory)
    }

    func end(_ tenant: TenantID) throws(FileError) {
        try fileSystem.removeFile(path(tenant))
        try fileSystem.syncDirectory(directory)
    }

    func unfinished() throws(FileError) -> [TenantID] {
        try fileSystem.list(directory).compactMap { UniqueID($0) }.map { TenantID($0) }
    }

    private func path(_ tenant: TenantID) -> String { directory + "/\(tenant)" }
}
