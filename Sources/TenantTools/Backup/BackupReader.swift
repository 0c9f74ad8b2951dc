import Access
import ChromaModel
import FoundationEssentials
import Platform
import TenantStorage

/// A backup of which every byte was checked.
package struct BackupReader: Sendable {
    package let manifest: BackupManifest
    let checkpoint: Checkpoint
    private let files: TenantFiles

    /// Blocking.
    ///
    /// - Throws: `notFound` when there is no backup, `failedPrecondition` when a byte of it has
    ///   changed or a newer version wrote it.
    package init(_ directory: String, fileSystem: any FileSystem) throws {
        let path = directory.trimmingSlashes
        do {
            manifest = try Self.manifest(path, fileSystem)
            guard let id = UniqueID(manifest.tenantID) else {
                throw Self.refused(path, "its manifest names no tenant")
            }
            files = TenantFiles(path, tenant: TenantID(id), fileSystem: fileSystem)
            for file in manifest.files { try Self.check(file, in: files) }
            checkpoint = try files.checkpoints.read(manifest.checkpoint)
        } catch let error as StorageError {
            throw Self.refused(path, "\(error)", cause: error)
        } catch let error as FileError {
            throw Self.refused(path, "\(error)", cause: error)
        }
        try checkReferences()
    }

    /// Copies one of its segments to a new file, which is durable but for its name.
    ///
    /// - Throws: `failedPrecondition` when the backup has changed since it was checked.
    func copy(_ segment: SegmentID, to path: String) throws {
        let name = relativePath(of: segment)
        guard let listed = manifest.files.first(where: { $0.path == name }) else {
            throw Self.refused(files.root, "its manifest leaves out \(name)")
        }
        try files.fileSystem.copyDurably(files.path(of: segment), to: path)
        guard try FileDigest(path, files.fileSystem) == listed.digest else {
            throw Self.refused(files.root, "\(name) is not as it was written")
        }
    }

    /// Opens its segments, or the copies of them in another directory, and checks every section.
    ///
    /// - Throws: `failedPrecondition` when a section fails its checksum.
    func openSegments(in directory: String? = nil) throws -> [SegmentFile] {
        do {
            return try checkpoint.segments.sorted().map { id in
                let segment = try SegmentFile(
                    id, in: directory ?? files.segments, fileSystem: files.fileSystem)
                for collection in segment.collections { _ = try segment.rows(of: collection) }
                return segment
            }
        } catch let error as StorageError {
            throw Self.refused(files.root, "\(error)", cause: error)
        }
    }

    /// The file must be the one that was written, and lie where backups have files.
    private static func check(_ file: BackupManifest.File, in files: TenantFiles) throws {
        let parts = file.path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0] == "log" || parts[0] == "segments", parts[1] != ".." else {
            throw refused(files.root, "its manifest names a file that is no part of a backup")
        }
        guard try FileDigest(files.root + "/" + file.path, files.fileSystem) == file.digest else {
            throw refused(files.root, "\(file.path) is not as it was written")
        }
    }

    /// What is restored must be among what was checked, and every collection in a database.
    private func checkReferences() throws {
        let listed = Set(manifest.files.map { files.root + "/" + $0.path })
        let needed =
            [files.checkpoints.path(manifest.checkpoint)]
            + checkpoint.segments.map { files.path(of: $0) }
        guard needed.allSatisfy(listed.contains) else {
            throw Self.refused(files.root, "its manifest leaves out files")
        }
        let names = Set(databaseNames)
        let isHoused = checkpoint.collections.allSatisfy { name(of: $0.state.database) != nil }
        guard names.count == manifest.databases.count, isHoused else {
            throw Self.refused(files.root, "its manifest leaves out databases, or lists one twice")
        }
    }

    private func relativePath(of segment: SegmentID) -> String {
        String(files.path(of: segment).dropFirst(files.root.count + 1))
    }

    private static func refused(_ path: String, _ what: String, cause: (any Error)? = nil)
        -> ServiceError
    {
        ServiceError(
            .failedPrecondition, "The backup in \(path) is damaged: \(what). Use another one.",
            cause: cause)
    }
}

extension BackupReader {
    private static func manifest(_ directory: String, _ fileSystem: any FileSystem) throws
        -> BackupManifest
    {
        let path = directory + "/" + BackupManifest.fileName
        guard try fileSystem.exists(path) else {
            throw ServiceError(
                .notFound,
                "There is no finished backup in \(directory); name a directory that "
                    + "`tessera backup` wrote.")
        }
        let json = try fileSystem.readAll(path)
        let written = try fileSystem.readAll(directory + "/" + BackupManifest.digestFileName)
        guard written == BackupManifest.digestLine(of: json) else {
            throw refused(directory, "its manifest fails its checksum")
        }
        let manifest: BackupManifest
        do { manifest = try JSONDecoder().decode(BackupManifest.self, from: Data(json)) } catch {
            throw refused(directory, "its manifest does not parse", cause: error)
        }
        guard manifest.format == BackupManifest.formatCurrent else {
            throw refused(directory, "its format \(manifest.format) is unknown to this version")
        }
        return manifest
    }
}

extension BackupReader {
    /// The names of its databases.
    package var databaseNames: [DatabaseName] { manifest.databases.map { DatabaseName($0.name) } }

    func name(of database: DatabaseID) -> DatabaseName? {
        manifest.databases.first { $0.id == database.description }.map { DatabaseName($0.name) }
    }

    /// For each of its databases the new one of that name.
    func databaseIDs(in records: [DatabaseRecord]) -> [DatabaseID: DatabaseID] {
        let new = Dictionary(records.map { ($0.name, $0.id) }) { first, _ in first }
        var ids: [DatabaseID: DatabaseID] = [:]
        for database in manifest.databases {
            guard let old = UniqueID(database.id) else { continue }
            ids[DatabaseID(old)] = new[DatabaseName(database.name)]
        }
        return ids
    }
}
