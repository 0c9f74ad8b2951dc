import ChromaModel
import Platform

/// Reads and writes checkpoints: `log/NNNNNNNN.checkpoint`, the number being the log file that
/// follows.
///
/// ```
/// file = "TESSCKP\n" version:u32 crc:u32 length:u64 payload      the CRC covers length and payload
/// ```
/// A checkpoint appears by rename after it was synced, so a file of that name is whole or
/// damaged, never half-written.
package struct CheckpointFile {
    private static let magic: [UInt8] = Array("TESSCKP\n".utf8)
    private static let version: UInt32 = 4
    private static let headerBytes = 24
    private static let suffix = ".checkpoint"

    private let fileSystem: any FileSystem
    private let directory: String
    private let tenant: TenantID

    /// - Parameter directory: the tenant's `log` directory.
    package init(fileSystem: any FileSystem, directory: String, tenant: TenantID) {
        self.fileSystem = fileSystem
        self.directory = directory
        self.tenant = tenant
    }

    /// The newest checkpoint; `Checkpoint.none` when there is none yet.
    package func newest() throws(StorageError) -> Checkpoint {
        guard let number = try numbers().last else { return .none }
        return try read(number)
    }

    /// Makes a checkpoint durable. When it returns, older ones are not needed any more; when it
    /// throws, it `exists` or left nothing.
    package func write(_ checkpoint: Checkpoint) throws(FileError) {
        let target = path(checkpoint.logFile)
        let temporary = target + ".tmp"
        do throws(FileError) {
            try draft(checkpoint, at: temporary)
            try fileSystem.rename(temporary, to: target)
        } catch {
            try? fileSystem.removeFile(temporary)
            throw error
        }
        try fileSystem.syncDirectory(directory)
    }

    /// Whether there is a checkpoint of that number, durable or not.
    package func exists(_ number: UInt64) throws(FileError) -> Bool {
        try fileSystem.exists(path(number))
    }

    private func draft(_ checkpoint: Checkpoint, at path: String) throws(FileError) {
        let file = try fileSystem.open(path, .create)
        defer { file.close() }
        try file.truncate(to: 0)
        try bytes(of: checkpoint).withRawBytes { (raw) throws(FileError) in
            try file.write(raw, at: 0)
        }
        try file.syncData()
    }

    /// Removes older checkpoints, the log files before `checkpoint` and unfinished files.
    package func removeFilesBefore(_ checkpoint: Checkpoint) throws(FileError) {
        for name in try fileSystem.list(directory) {
            let number = Self.number(name) ?? LogFormat.fileNumber(name)
            let isOld = number.map { $0 < checkpoint.logFile } ?? name.hasSuffix(".tmp")
            if isOld { try fileSystem.removeFile(directory + "/" + name) }
        }
    }

    /// The numbers of the checkpoints that are there, rising; readable or not.
    package func numbers() throws(StorageError) -> [UInt64] {
        try io { () throws(FileError) in try fileSystem.list(directory) }
            .compactMap(Self.number).sorted()
    }

    /// The number in a checkpoint's file name; nil for any other name.
    package static func number(_ name: String) -> UInt64? {
        guard name.hasSuffix(suffix) else { return nil }
        return LogFormat.fileNumber(name.dropLast(suffix.count) + ".log")
    }

    package func path(_ number: UInt64) -> String {
        directory + "/" + LogFormat.fileName(number).dropLast(4) + Self.suffix
    }

    private func bytes(of checkpoint: Checkpoint) -> [UInt8] {
        var payload = ByteWriter()
        payload.put(checkpoint.position.value)
        payload.put(each: checkpoint.collections) { collection, writer in
            writer.put(collection.state)
            writer.put(collection.nextOrder)
            writer.put(collection.logicalBytes)
            writer.put(each: collection.parts) { part, writer in
                writer.put(part.segment.uuid)
                writer.put(part.storedAs.uuid)
                writer.put(part.extent)
                writer.put(each: part.deletedRows) { $1.put($0) }
            }
            writer.put(each: collection.unfolded) { changes, writer in
                let bytes = LogEntrySerializer.bytes(
                    of: .transactionCommitted(collection: collection.state.id, changes: changes))
                writer.put(UInt64(bytes.count))
                writer.put(raw: bytes)
            }
        }
        payload.put(each: checkpoint.lineages) { lineage, writer in
            writer.put(lineage.root.uuid)
            writer.put(UInt64(lineage.forkCount))
        }
        payload.put(checkpoint.usage)
        let body = payload.finish()
        var writer = ByteWriter(capacity: Self.headerBytes + body.count)
        writer.put(raw: Self.magic)
        writer.put(Self.version)
        writer.put(checksum(body, number: checkpoint.logFile))
        writer.put(UInt64(body.count))
        writer.put(raw: body)
        return writer.finish()
    }

    /// Seeded with tenant and number, so that a file in the wrong place fails.
    private func checksum(_ body: [UInt8], number: UInt64) -> UInt32 {
        let seed = LogFormat.seed(tenant: tenant, fileNumber: number)
        let length = withUnsafeBytes(of: UInt64(body.count).littleEndian) {
            crc32c($0, seed: seed)
        }
        return body.withUnsafeBytes { crc32c($0, seed: length) }
    }

    /// One checkpoint.
    ///
    /// - Throws: `StorageError.corrupt` when a byte of it has changed.
    package func read(_ number: UInt64) throws(StorageError) -> Checkpoint {
        let path = path(number)
        let map = try io { () throws(FileError) in try fileSystem.map(path) }
        func bad(_ what: String) -> StorageError { .corrupt(file: path, offset: 0, what) }
        var reader = ByteReader(map.bytes)
        guard map.bytes.count >= Self.headerBytes,
            try reader.takeRaw(Self.magic.count).elementsEqual(Self.magic)
        else { throw bad("it is not a checkpoint") }
        let version: UInt32 = try reader.take()
        guard version == Self.version else {
            throw .foreign(file: path, "checkpoint format \(version) is unknown to this version")
        }
        let expected: UInt32 = try reader.take()
        let length: UInt64 = try reader.take()
        guard length == UInt64(reader.remaining) else { throw bad("it has the wrong length") }
        let body = [UInt8](try reader.takeRaw(reader.remaining))
        guard checksum(body, number: number) == expected else {
            throw bad("it fails its checksum")
        }
        return try body.withRawBytes { (raw) throws(StorageError) in
            var reader = ByteReader(raw)
            let position = LogPosition(try reader.take())
            let collections = try reader.takeList(bytesMin: 72) { (reader) throws(StorageError) in
                try reader.takeCheckpointCollection()
            }
            let lineages = try reader.takeList(bytesMin: 24) { (reader) throws(StorageError) in
                Checkpoint.Lineage(
                    root: CollectionID(try reader.takeID()),
                    forkCount: Int(truncatingIfNeeded: try reader.take(UInt64.self)))
            }
            return Checkpoint(
                logFile: number, position: position, collections: collections,
                lineages: lineages, usage: try reader.takeWriteUsage())
        }
    }
}

extension ByteWriter {
    fileprivate mutating func put(_ state: CollectionState) {
        put(state.id.uuid)
        put(state.database.uuid)
        put(state.name.value)
        put(state.metadata)
        put(state.settings)
        put(state.dimension.map { UInt32($0) } ?? Self.absent)
        put(state.logPosition)
        put(state.version)
        put(state.createdAt)
        put(state.root.uuid)
        put(state.written)
    }

    /// Keys in order of their bytes, so that equal histories are equal bytes.
    private mutating func put(_ history: WriteHistory) {
        put(history.operations)
        put(each: history.keyTypes.types.sorted { $0.key < $1.key }) { pair, writer in
            writer.put(pair.key.value)
            writer.put(pair.value.rawValue)
        }
    }
}

extension ByteReader {
    fileprivate mutating func takeCheckpointCollection() throws(StorageError)
        -> Checkpoint.Collection
    {
        let state = try takeState()
        let nextOrder: UInt64 = try take()
        let logicalBytes: UInt64 = try take()
        let parts = try takeList(bytesMin: 56) { (reader) throws(StorageError) in
            let segment = SegmentID(try reader.takeID())
            let storedAs = CollectionID(try reader.takeID())
            let extent = try reader.takeExtent()
            let deleted = try reader.takeList(bytesMin: 4) {
                (reader) throws(StorageError) -> UInt32 in try reader.take()
            }
            return Checkpoint.Part(
                segment: segment, storedAs: storedAs, deletedRows: deleted, extent: extent)
        }
        let unfolded = try takeList(bytesMin: 9) { (reader) throws(StorageError) in
            let count: UInt64 = try reader.take()
            let bytes = try reader.takeRaw(Int(clamping: count))
            guard case .transactionCommitted(_, let changes) = try LogEntryReader.entry(from: bytes)
            else { throw .malformed("an unfolded entry changes no records") }
            return changes
        }
        return Checkpoint.Collection(
            state: state, nextOrder: nextOrder, logicalBytes: logicalBytes, parts: parts,
            unfolded: unfolded)
    }

    private mutating func takeState() throws(StorageError) -> CollectionState {
        let id = CollectionID(try takeID())
        let database = DatabaseID(try takeID())
        let name = CollectionName(try takeText())
        let metadata = try takeMetadata()
        let settings = try takeSettings()
        let dimension: UInt32 = try take()
        var state = CollectionState(
            id: id, database: database, name: name, metadata: metadata, settings: settings,
            dimension: dimension == ByteWriter.absent ? nil : Int(dimension),
            logPosition: try take(), version: try take(), createdAt: try take(),
            root: CollectionID(try takeID()))
        state.written = try takeHistory()
        // What is in no segment is `unfolded` and not counted in.
        state.indexed = state.written
        return state
    }

    private mutating func takeHistory() throws(StorageError) -> WriteHistory {
        let operations: UInt64 = try take()
        let pairs = try takeList(bytesMin: 5) {
            (reader) throws(StorageError) -> (MetadataKey, ValueTypeSet) in
            (MetadataKey(try reader.takeText()), ValueTypeSet(rawValue: try reader.take()))
        }
        var keyTypes = KeyTypes()
        for (key, types) in pairs { keyTypes.learn(key, types) }
        return WriteHistory(operations: operations, keyTypes: keyTypes)
    }
}
