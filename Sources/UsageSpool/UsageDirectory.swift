import ChromaModel
import Platform
import Usage

/// Where a process keeps its spools: `DATA/usage`.
///
/// ```
/// source            who reports, a UUID made once
/// <boot>/*.spool    what one life of the process counted
/// ```
package struct UsageDirectory: Sendable {
    private static let sourceFile = "source"

    package let path: String
    let fileSystem: any FileSystem
    /// Of this process and this life of it.
    package let origin: UsageOrigin

    /// Makes the directory and this boot's own. Blocking. Throws `unavailable`.
    package init(
        _ path: String, fileSystem: any FileSystem, time: any TimeSource,
        random: any RandomSource
    ) throws(ServiceError) {
        self.path = path
        self.fileSystem = fileSystem
        let boot = UniqueID(version7At: time.unixMilliseconds(), random: random.pair())
        do {
            try fileSystem.createDurableDirectory(path)
            let source = try Self.source(in: path, fileSystem, random)
            origin = UsageOrigin(source: source, boot: "\(boot)")
            try fileSystem.createDurableDirectory(path + "/\(boot)")
        } catch {
            throw ServiceError(
                .unavailable, "\(path) can't be used; usage could not be counted.", cause: error)
        }
    }

    private static func source(
        in path: String, _ fileSystem: any FileSystem, _ random: any RandomSource
    ) throws -> String {
        let file = path + "/" + sourceFile
        if try fileSystem.exists(file),
            let known = UniqueID(String(decoding: try fileSystem.readAll(file), as: UTF8.self))
        {
            return "\(known)"
        }
        let new = "\(UniqueID(version4From: random.pair()))"
        try fileSystem.writeAtomically(Array(new.utf8), to: file)
        return new
    }

    /// Of this boot's files.
    package var own: String { directory(of: origin.boot) }

    func directory(of boot: String) -> String { path + "/" + boot }

    /// Boots that have ended and left something.
    func endedBoots() throws(FileError) -> [String] {
        try fileSystem.list(path).filter { $0 != origin.boot && UniqueID($0) != nil }
    }

    /// Removes what a boot left. Only when the keeper has it.
    func remove(_ boot: String) throws(FileError) {
        try fileSystem.removeTree(directory(of: boot))
        try fileSystem.syncDirectory(path)
    }
}
