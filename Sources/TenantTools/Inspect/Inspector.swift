import ChromaModel
import Platform
import TenantStorage

/// Says what is in a file, whatever state it is in. Changes nothing.
package struct Inspector {
    package struct Options: Sendable {
        /// Whether ids, documents, metadata and embeddings are shown: they are the tenants' own.
        package var showsRecords = false
        /// Rows of a table at the most.
        package var rowsMax = 20
        /// Whose file it is, when neither the file nor its path says.
        package var tenant: TenantID?

        package init() {}
    }

    let fileSystem: any FileSystem
    let options: Options

    package init(fileSystem: any FileSystem, options: Options = Options()) {
        self.fileSystem = fileSystem
        self.options = options
    }

    /// A log file, its mark, a checkpoint, segment, index, catalog, backup, tenant's or data
    /// directory.
    ///
    /// - Throws: `notFound` when nothing is there, `invalidArgument` when it is none of these.
    package func report(on path: String) throws -> FileReport {
        let path = path.trimmingSlashes
        guard try fileSystem.exists(path) else {
            throw ServiceError(.notFound, "There is nothing at \(path); name a file of a tenant.")
        }
        switch try kind(of: path) {
        case .log: return try reportLog(path)
        case .mark: return try reportMark(path)
        case .checkpoint: return try reportCheckpoint(path)
        case .segment: return try reportSegment(path)
        case .index: return try reportIndex(path)
        case .catalog: return reportCatalog(path)
        case .tenant: return try reportTenant(path)
        case .backup: return reportBackup(path)
        case .tenants(let directory): return try reportTenants(directory)
        case nil:
            throw ServiceError.invalid(
                "\(path) is no file of a tenant, no backup and no directory of tenants.")
        }
    }

    private enum Kind {
        case log, mark, checkpoint, segment, index, catalog, tenant, backup
        case tenants(String)
    }

    /// By its first bytes; when they are damaged, by its name.
    private func kind(of path: String) throws -> Kind? {
        for directory in [path + "/tenants", path] where try isTenants(directory) {
            return .tenants(directory)
        }
        let inside = try fileSystem.list(ifDirectory: path)
        if let inside {
            if inside.contains(BackupManifest.fileName) { return .backup }
            return inside.contains("log") || inside.contains("segments") ? .tenant : nil
        }
        let magics: [(String, Kind)] = [
            ("TESSLOG\n", .log), ("TESSCKP\n", .checkpoint), ("TESSSEG\n", .segment),
            ("SQLite format 3\0", .catalog), (AcknowledgedMark.magic, .mark),
            (IndexFileFormat.magicText, .index),
        ]
        let head = try fileSystem.readHead(path, count: 16)
        let endings: [(String, Kind)] = [
            (".log", .log), (".checkpoint", .checkpoint), (".seg", .segment),
            (".sqlite", .catalog), ("/" + AcknowledgedMark.fileName, .mark),
            (IndexFileFormat.nameEnding, .index),
        ]
        return magics.first { head.starts(with: $0.0.utf8) }?.1
            ?? endings.first { path.hasSuffix($0.0) }?.1
    }

    /// Whether it is a directory of tenants' directories.
    private func isTenants(_ path: String) throws -> Bool {
        guard let names = try fileSystem.list(ifDirectory: path) else { return false }
        return path.hasSuffix("/tenants") || names.contains { UniqueID($0) != nil }
    }

    /// The tenant that a path lies under, unless the options name one.
    func tenant(of path: String) -> TenantID? {
        let named = path.split(separator: "/").compactMap { UniqueID(String($0)) }
        return options.tenant ?? named.last.map { TenantID($0) }
    }
}

extension FileSystem {
    /// The names in a directory that has some; nil for an empty one and for a file.
    func list(ifDirectory path: String) throws -> [String]? {
        do throws(FileError) {
            let names = try list(path)
            return names.isEmpty ? nil : names
        } catch {
            if error.isNotDirectory { return nil }
            throw error
        }
    }
}

extension FileError {
    fileprivate var isNotDirectory: Bool { errno == 20 }
}
