import ChromaModel
import Crypto
import FoundationEssentials
import NIOPosix
import Platform
import Synchronization

/// Exports into files of this process's data directory: made one beside the other, fetched as
/// often as wanted, removed after two days.
///
/// A crash loses those that run; those that are done are found again.
package final class UsageExports: Sendable {
    /// How many run at once.
    static let runningMax = 4
    /// How many are kept of one tenant; those of all tenants count as one more.
    static let keptMax = 8
    /// The largest file.
    static let fileBytesMax = 8 << 30
    static let keptHours: UInt64 = 48

    private let directory: String
    private let fileSystem: any FileSystem
    private let time: any TimeSource
    private let random: any RandomSource

    private struct Job {
        var export: UsageExport
        var task: Task<Void, Never>?
    }

    private let jobs = Mutex<[String: Job]>([:])

    /// - Parameter directory: made when it is missing; whatever in it is no finished export is
    ///   removed.
    package init(
        directory: String, fileSystem: any FileSystem, time: any TimeSource,
        random: any RandomSource
    ) throws {
        self.directory = directory
        self.fileSystem = fileSystem
        self.time = time
        self.random = random
        do {
            try fileSystem.createDirectory(directory)
            try findAgain()
        } catch {
            throw ServiceError(
                .internalError, "The directory of usage exports, \(directory), can't be used.",
                cause: error)
        }
    }

    /// Starts an export. Throws `resourceExhausted` past a bound.
    ///
    /// - Parameter tenantID: whose it is; empty for all tenants.
    func start(_ stream: ByteStream, tenantID: String, format: String) throws(ServiceError)
        -> UsageExport
    {
        let now = time.unixMilliseconds()
        let export = UsageExport(
            id: "\(UniqueID(version4From: random.pair()))", tenantID: tenantID, format: format,
            contentType: stream.contentType, state: .running, bytes: 0, sha256: "", problem: "",
            createdAtMilliseconds: now,
            expiresAtMilliseconds: now + Self.keptHours * 3_600_000)
        let isTaken = jobs.withLock { jobs in
            let own = jobs.values.count { $0.export.tenantID == tenantID }
            let running = jobs.values.count { $0.export.state == .running }
            guard own < Self.keptMax, running < Self.runningMax else { return false }
            jobs[export.id] = Job(export: export)
            return true
        }
        guard isTaken else {
            throw ServiceError(
                .resourceExhausted,
                "At most \(Self.keptMax) exports of a tenant are kept and \(Self.runningMax) run"
                    + " at once: delete one, or try again later.")
        }
        watch(export.id) { await self.run(export, stream) }
        return export
    }

    /// Throws `notFound` unless it is that tenant's.
    func export(_ id: String, tenantID: String) throws(ServiceError) -> UsageExport {
        guard let export = jobs.withLock({ $0[id]?.export }), export.tenantID == tenantID else {
            throw ServiceError(.notFound, "Usage export [\(id)] not found")
        }
        return export
    }

    /// Its file from an offset on. Throws `notFound`, and `failedPrecondition` until it is done.
    func file(_ id: String, tenantID: String, offset: Int) throws(ServiceError) -> ByteStream {
        let export = try export(id, tenantID: tenantID)
        guard export.state == .done else {
            throw ServiceError(
                .failedPrecondition, "The export is \(export.state.rawValue); it has no file.")
        }
        guard (0...export.bytes).contains(offset) else {
            throw .invalid("offset is from 0 to the size of the file, \(export.bytes).")
        }
        let reader = ExportFile(path: path(id), fileSystem: fileSystem)
        return ByteStream(contentType: export.contentType) { sink in
            try await reader.read(from: offset, sink)
        }
    }

    /// Stops it if it runs, and removes it. Throws `notFound`.
    func remove(_ id: String, tenantID: String) async throws(ServiceError) {
        _ = try export(id, tenantID: tenantID)
        jobs.withLock { $0.removeValue(forKey: id)?.task }?.cancel()
        await removeFiles(id)
    }
}

extension UsageExports {
    private func path(_ id: String) -> String { "\(directory)/\(id)" }
    private func notePath(_ id: String) -> String { "\(directory)/\(id).json" }

    /// Runs the work of an export, and removes the export when its time has come.
    private func watch(_ id: String, _ work: @escaping @Sendable () async -> Void) {
        let task = Task {
            await work()
            guard let export = self.jobs.withLock({ $0[id]?.export }) else { return }
            let now = self.time.unixMilliseconds()
            let rest = export.expiresAtMilliseconds - min(now, export.expiresAtMilliseconds)
            guard (try? await Task.sleep(for: .milliseconds(rest))) != nil else { return }
            _ = self.jobs.withLock { $0.removeValue(forKey: id) }
            await self.removeFiles(id)
        }
        jobs.withLock { $0[id]?.task = task }
    }

    private func run(_ export: UsageExport, _ stream: ByteStream) async {
        let file = ExportFile(path: path(export.id), fileSystem: fileSystem)
        var export = export
        do {
            let written = try await file.write(stream, bytesMax: Self.fileBytesMax) { bytes in
                self.jobs.withLock { $0[export.id]?.export.bytes = bytes }
            }
            export.state = .done
            export.bytes = written.bytes
            export.sha256 = written.sha256
            try await note(export)
        } catch {
            export.state = .failed
            export.problem =
                (error as? ServiceError)?.message ?? "The export could not be written; try again."
        }
        let result = export
        let isKept = jobs.withLock { jobs in
            jobs[result.id]?.export = result
            return jobs[result.id] != nil
        }
        if !isKept || result.state == .failed { await removeFiles(result.id) }
    }

    private func note(_ export: UsageExport) async throws {
        let bytes = Array(try JSONEncoder().encode(export))
        let path = notePath(export.id)
        try await onDisk { try self.fileSystem.writeAtomically(bytes, to: path) }
    }

    /// What can't be removed now is at the next start.
    private func removeFiles(_ id: String) async {
        try? await onDisk {
            try self.fileSystem.removeFile(self.notePath(id))
            try self.fileSystem.removeFile(self.path(id))
        }
    }

    private func onDisk(_ work: @escaping @Sendable () throws -> Void) async throws {
        try await NIOThreadPool.singleton.runIfActive { try work() }
    }

    private func findAgain() throws {
        let now = time.unixMilliseconds()
        let names = try fileSystem.list(directory)
        var found: Set<String> = []
        for name in names where name.hasSuffix(".json") {
            let bytes = try fileSystem.readAll("\(directory)/\(name)")
            guard let export = try? JSONDecoder().decode(UsageExport.self, from: Data(bytes)),
                "\(export.id).json" == name, names.contains(export.id), export.state == .done,
                export.expiresAtMilliseconds > now
            else { continue }
            found.formUnion([name, export.id])
            jobs.withLock { $0[export.id] = Job(export: export) }
            watch(export.id) {}
        }
        for name in names where !found.contains(name) {
            try fileSystem.removeFile("\(directory)/\(name)")
        }
    }
}
