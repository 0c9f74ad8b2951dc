import Glibc
import Platform
import Synchronization

/// A file system in memory that can fail, stop, lose power and come back.
///
/// It keeps apart what is on the disk and what is only in the cache. Writes, sizes, creations,
/// removals and renames are volatile until `syncData` of the file or `syncDirectory` of the
/// directory; syncing one never syncs the other, nor the parent. That is stricter than ext4 and
/// what POSIX promises.
package final class SimulatedFileSystem: FileSystem {
    private struct State {
        var disk = SimulatedDisk()
        var plan: FaultPlan
        var isStopped = false
        var trace: [(operation: SimulatedOperation, path: String)] = []
    }

    private let state: Mutex<State>

    package init(plan: FaultPlan = .none) { state = Mutex(State(plan: plan)) }

    private init(disk: SimulatedDisk) { state = Mutex(State(disk: disk, plan: .none)) }

    /// Operations asked for so far, the failed ones included.
    package var operationCount: Int { state.withLock { $0.trace.count } }

    /// The operations so far: `syncData /tenants/…/00000001.log`.
    package var trace: [String] {
        state.withLock { $0.trace.map { "\($0.operation) \($0.path)" } }
    }

    /// Whether a plan stopped everything: the process can answer nobody any more.
    package var hasStopped: Bool { state.withLock { $0.isStopped } }

    /// Replaces the faults to come. Counting begins anew.
    package func use(_ plan: FaultPlan) { state.withLock { $0.plan = plan } }

    /// The disk as it is found after a power cut: each unsynced change is there, missing or
    /// torn, as the seed has it. This file system is left as it is.
    package func crash(seed: UInt64) -> SimulatedFileSystem {
        var fate = CrashFate(seed: seed)
        var disk = state.withLock { $0.disk }
        disk.crash(&fate)
        return SimulatedFileSystem(disk: disk)
    }

    /// The file system as the next process finds it after this one died: the cache survives,
    /// synced or not.
    package func kill() -> SimulatedFileSystem {
        SimulatedFileSystem(disk: state.withLock { $0.disk })
    }

    /// Paths of all files, sorted.
    package var filePaths: [String] { state.withLock { $0.disk.filePaths() } }

    /// A file's bytes as a reader sees them; nil when there is none.
    package func contents(_ path: String) -> [UInt8]? {
        state.withLock { state in state.disk.inode(of: path).map { state.disk.file($0).cached } }
    }

    /// Damages a file on the disk and in the cache.
    package func flipBit(_ bit: Int, of path: String) {
        state.withLock { state in
            guard let inode = state.disk.inode(of: path) else { return }
            state.disk.changeFile(inode) { $0.flipBit(bit) }
        }
    }

    // MARK: FileSystem

    package func open(_ path: String, _ mode: OpenMode) throws(FileError) -> any File {
        let inode = try perform(.open, path) { (disk, _) throws(FileError) in
            try disk.open(path, mode)
        }
        return SimulatedFile(fileSystem: self, inode: inode, path: path, mode: mode)
    }

    package func map(_ path: String) throws(FileError) -> any MappedFile {
        let (inode, contents) = try perform(.map, path) { (disk, _) throws(FileError) in
            let inode = try disk.open(path, .readOnly)
            return (inode, disk.file(inode).cached)
        }
        let file = SimulatedFile(fileSystem: self, inode: inode, path: path, mode: .readOnly)
        return SimulatedMap(contents, of: file)
    }

    package func createDirectory(_ path: String) throws(FileError) {
        try perform(.createDirectory, path) { (disk, _) throws(FileError) in
            try disk.createDirectory(path)
        }
    }

    package func list(_ path: String) throws(FileError) -> [String] {
        try perform(.list, path) { (disk, _) throws(FileError) in disk.list(path) }
    }

    package func exists(_ path: String) throws(FileError) -> Bool {
        try perform(.exists, path) { (disk, _) throws(FileError) in disk.inode(of: path) != nil }
    }

    package func rename(_ source: String, to target: String) throws(FileError) {
        try perform(.rename, source) { (disk, _) throws(FileError) in
            try disk.rename(source, to: target)
        }
    }

    package func removeFile(_ path: String) throws(FileError) {
        try perform(.removeFile, path) { (disk, _) throws(FileError) in disk.remove(path) }
    }

    package func removeTree(_ path: String) throws(FileError) {
        try perform(.removeTree, path) { (disk, _) throws(FileError) in disk.remove(path) }
    }

    package func syncDirectory(_ path: String) throws(FileError) {
        // After a failure its changes stay unsynced: directories are journalled.
        try perform(.syncDirectory, path) { (disk, _) throws(FileError) in
            try disk.syncDirectory(path)
        }
    }

    // MARK: The gate every operation passes

    /// Counts the operation and does it, unless the plan has it fail.
    ///
    /// - Parameter onFailure: what a failed call leaves behind.
    func perform<Result: Sendable>(
        _ operation: SimulatedOperation, _ path: String,
        onFailure: (inout SimulatedDisk) -> Void = { _ in },
        _ body: (inout SimulatedDisk, _ isShort: Bool) throws(FileError) -> Result
    ) throws(FileError) -> Result {
        try state.withLock { (state) throws(FileError) -> Result in
            state.trace.append((operation, path))
            guard !state.isStopped else { throw FileError(operation.rawValue, path, EIO) }
            switch state.plan.effect(on: operation, path) {
            case .fail(let errno)?:
                onFailure(&state.disk)
                throw FileError(operation.rawValue, path, errno)
            case .stop?:
                state.isStopped = true
                throw FileError(operation.rawValue, path, EIO)
            case .shortRead?: return try body(&state.disk, true)
            case nil: return try body(&state.disk, false)
            }
        }
    }
}
