import ChromaModel
import Glibc
import Platform

/// The directory that holds everything a server keeps, and the names of what is in it.
struct DataDirectory: Sendable {
    /// Absolute, without links.
    let path: String

    var endpointsFile: String { path + "/endpoints.json" }
    var bootstrapFile: String { path + "/bootstrap.json" }
    var pepperFile: String { path + "/pepper" }
    /// Who this process is among those of the installation.
    var nodeFile: String { path + "/node-id" }
    /// Signs usage receipts; webhooks' secrets are derived from it.
    var receiptKeyFile: String { path + "/receipt-key" }
    var lockFile: String { path + "/lock" }
    /// Key sets that issuers name as files.
    var issuerKeys: String { path + "/issuer-keys" }
    /// What requests used, until it is reported.
    var usage: String { path + "/usage" }
    /// Marks of tenants whose logs have usage to report.
    var unreported: String { path + "/unreported" }
    /// One directory for each tenant.
    var tenants: String { path + "/tenants" }

    /// Makes the directory when it is missing. Throws `invalidArgument` when it can't.
    init(making path: String, fileSystem: any FileSystem) throws {
        do {
            if try !fileSystem.exists(path) {
                try fileSystem.createDirectory(path)
                Self.letPostgresThrough(path)
            }
            self.path = try Self.resolved(path)
            try fileSystem.syncDirectory(self.path)
        } catch {
            throw ServiceError(
                .invalidArgument,
                "The data directory \(path) can't be used; name one that this user may write to.",
                cause: error)
        }
    }

    /// A directory that a server has used. Throws `notFound` when there is none.
    init(existing path: String, fileSystem: any FileSystem) throws {
        guard try fileSystem.exists(path) else {
            throw ServiceError(
                .notFound, "There is no directory \(path); name a data directory with --data-dir.")
        }
        self.path = try Self.resolved(path)
    }

    /// Started by root, the private PostgreSQL runs as another user, who must get to its own
    /// directory below this one. What is secret in here has a mode of its own.
    private static func letPostgresThrough(_ path: String) {
        if geteuid() == 0 { chmod(path, 0o711) }
    }

    static func resolved(_ path: String) throws -> String {
        guard let resolved = realpath(path, nil) else {
            throw FileError("realpath", path, errno)
        }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
