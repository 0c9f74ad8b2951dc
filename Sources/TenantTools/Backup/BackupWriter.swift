import ChromaModel
import Platform
import TenantEngine
import TenantStorage

/// Writes a backup into a directory of its own. Blocking.
struct BackupWriter: Sendable {
    let fileSystem: any FileSystem
    let directory: String
    let tenant: TenantID

    private var files: TenantFiles {
        TenantFiles(directory, tenant: tenant, fileSystem: fileSystem)
    }

    /// Makes the directory and claims it: of two backups at once into one place, one is refused.
    ///
    /// - Parameter dataDirectory: where a backup would be lost with what it is of.
    /// - Throws: `alreadyExists` when something is in it, `invalidArgument` when it cannot be made.
    func prepare(outside dataDirectory: String) throws {
        try checkPath(outside: dataDirectory)
        do {
            guard try fileSystem.list(directory).isEmpty else {
                throw ServiceError(
                    .alreadyExists,
                    "\(directory) is not empty; name a directory that does not exist yet.")
            }
            try fileSystem.createDurableDirectory(directory)
            try fileSystem.open(claim, .createNew).close()
            try fileSystem.createDurableDirectory(files.log)
            try fileSystem.createDurableDirectory(files.segments)
        } catch let error as FileError {
            throw ServiceError(
                .invalidArgument,
                "The server cannot make \(directory); name one that its user may write to.",
                cause: error)
        }
    }

    private func checkPath(outside dataDirectory: String) throws {
        let names = directory.split(separator: "/")
        guard directory.hasPrefix("/"), !names.contains("."), !names.contains(".."),
            !directory.utf8.contains(0)
        else {
            throw ServiceError.invalid(
                "The backup's directory must be an absolute path without . and .. in it.")
        }
        let isInside = try [directory, realPath(names)].contains { path in
            try [dataDirectory, fileSystem.realPath(dataDirectory)].contains { data in
                (path + "/").hasPrefix(data + "/")
            }
        }
        guard !isInside else {
            throw ServiceError.invalid(
                "\(directory) is in the data directory, with which a backup would be lost; "
                    + "name one elsewhere.")
        }
    }

    /// Where something of these names would be made, links followed.
    private func realPath(_ names: [Substring]) throws -> String {
        let path = "/" + names.joined(separator: "/")
        if try fileSystem.exists(path) { return try fileSystem.realPath(path) }
        guard let last = names.last else { return path }
        return try realPath(names.dropLast()) + "/" + last
    }

    private var claim: String { directory + "/" + BackupManifest.claimFileName }

    /// Removes all that was written into a directory that `prepare` claimed.
    func abandon() {
        guard let names = try? fileSystem.list(directory) else { return }
        for name in names where name != BackupManifest.claimFileName {
            try? fileSystem.removeTree(directory + "/" + name)
        }
        try? fileSystem.removeFile(claim)
    }

    /// Writes everything, the manifest last; durable when it returns.
    ///
    /// - Parameter databases: the names of the tenant's databases. Collections of others were
    ///   deleted with them meanwhile and are left out.
    func write(
        _ cut: TenantCut, tenantName: TenantName, databases: [DatabaseID: DatabaseName],
        atMilliseconds now: UInt64
    ) throws -> BackupManifest {
        let checkpoint = cut.checkpoint.keeping { databases[$0.state.database] != nil }
        let segments = cut.segments.filter { checkpoint.segments.contains($0.id) }
        // Checks every section that it reads, before the first copy.
        let collections = try checkpoint.collections.map { collection in
            try describe(collection, segments, databases)
        }
        try files.checkpoints.write(checkpoint)
        var written = [try describe(files.checkpoints.path(checkpoint.logFile))]
        for segment in segments { written.append(try copy(segment)) }
        try fileSystem.syncDirectory(files.segments)
        let manifest = BackupManifest(
            format: BackupManifest.formatCurrent, tenantID: tenant.description,
            tenantName: tenantName.value, createdAtMilliseconds: now,
            position: checkpoint.position.value, checkpoint: checkpoint.logFile,
            files: written,
            databases: databases.sorted { $0.key < $1.key }.map {
                .init(id: $0.key.description, name: $0.value.value)
            },
            collections: collections)
        try write(manifest)
        return manifest
    }

    private func describe(
        _ collection: Checkpoint.Collection, _ segments: [SegmentFile],
        _ databases: [DatabaseID: DatabaseName]
    ) throws -> BackupManifest.Collection {
        let records = try StoredRecords(collection, in: segments)
        let state = collection.state
        return BackupManifest.Collection(
            id: state.id.description, database: databases[state.database]?.value ?? "",
            name: state.name.value, records: records.rows.count, digest: records.digest)
    }

    private func copy(_ segment: SegmentFile) throws -> BackupManifest.File {
        let path = files.path(of: segment.id)
        try fileSystem.writeDurably(segment.bytes, to: path)
        return try describe(path)
    }

    /// Reads back what was written: its digest is that of the file, not of what it was made from.
    private func describe(_ path: String) throws -> BackupManifest.File {
        BackupManifest.File(
            path: String(path.dropFirst(directory.count + 1)), try FileDigest(path, fileSystem))
    }

    private func write(_ manifest: BackupManifest) throws {
        let json = try manifest.json
        try fileSystem.writeAtomically(
            BackupManifest.digestLine(of: json),
            to: directory + "/" + BackupManifest.digestFileName)
        try fileSystem.writeAtomically(json, to: directory + "/" + BackupManifest.fileName)
        try fileSystem.removeFile(claim)
        try fileSystem.syncDirectory(directory)
    }
}

extension Checkpoint {
    /// Without the collections that do not pass, and the trees that lost all of theirs.
    func keeping(_ test: (Collection) -> Bool) -> Checkpoint {
        let kept = collections.filter(test)
        let roots = Set(kept.map(\.state.root))
        return Checkpoint(
            logFile: logFile, position: position, collections: kept,
            lineages: lineages.filter { roots.contains($0.root) }, usage: usage)
    }
}

extension FileSystem {
    /// Makes a new file; its name is durable once its directory is synced.
    func writeDurably(_ bytes: UnsafeRawBufferPointer, to path: String) throws(FileError) {
        let file = try open(path, .createNew)
        defer { file.close() }
        try file.write(bytes, at: 0)
        try file.syncData()
    }

    /// Copies a file to a new one; its name is durable once its directory is synced.
    func copyDurably(_ source: String, to path: String) throws {
        let file = try open(path, .createNew)
        defer { file.close() }
        var offset: UInt64 = 0
        try readChunks(source) { chunk in
            try file.write(chunk, at: offset)
            offset += UInt64(chunk.count)
        }
        try file.syncData()
    }
}
