import ChromaModel
import Platform
import TenantTools

/// The tenants that a scrub is about, and the data directory to lock meanwhile.
struct ScrubTarget {
    /// Nil for a tenant's directory that is in no data directory, such as a copy.
    let dataDirectory: DataDirectory?
    let tenants: [TenantFiles]

    private static let dataDirectoryDefault = "tessera-data"

    /// Throws `notFound` or `invalidArgument` when there is nothing to scrub.
    ///
    /// - Parameter tenant: the one tenant that is meant of the data directory; nil for all.
    init(_ tenantDirectory: String?, dataDirectory: String?, tenant: String?) throws {
        let fileSystem = PosixFileSystem()
        if let tenantDirectory {
            try self.init(tenant: tenantDirectory, fileSystem)
        } else {
            try self.init(
                of: dataDirectory ?? Self.dataDirectoryDefault, only: tenant, fileSystem)
        }
    }

    private init(tenant directory: String, _ fileSystem: PosixFileSystem) throws {
        let directory = try DataDirectory.resolved(directory)
        guard let files = TenantFiles(directory: directory, fileSystem: fileSystem) else {
            throw ServiceError.invalid("\(directory) is not named by a tenant's id.")
        }
        tenants = [files]
        let above = directory.split(separator: "/").dropLast(2).joined(separator: "/")
        let holder = try DataDirectory(existing: "/" + above, fileSystem: fileSystem)
        dataDirectory = try fileSystem.exists(holder.lockFile) ? holder : nil
    }

    private init(of path: String, only tenant: String?, _ fileSystem: PosixFileSystem) throws {
        let directory = try DataDirectory(existing: path, fileSystem: fileSystem)
        guard try fileSystem.exists(directory.lockFile) else {
            throw ServiceError.invalid(
                "No server has used \(directory.path); name a data directory with --data-dir.")
        }
        let names = try fileSystem.list(directory.tenants)
        if let tenant, !names.contains(tenant) {
            throw ServiceError.invalid("\(directory.path) has no tenant \(tenant).")
        }
        tenants = names.filter { $0 == tenant ?? $0 }.compactMap { name in
            TenantFiles(directory: directory.tenants + "/" + name, fileSystem: fileSystem)
        }
        dataDirectory = directory
    }
}
