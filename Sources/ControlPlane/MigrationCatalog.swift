import ChromaModel
import Glibc
import Platform

/// The migrations this release knows, in order and without gaps.
package struct MigrationCatalog: Sendable {
    package let migrations: [Migration]

    /// Throws `failedPrecondition` unless the versions are 1, 2, 3, ….
    package init(_ migrations: [Migration]) throws {
        self.migrations = migrations.sorted { $0.version < $1.version }
        guard !migrations.isEmpty, self.migrations.map(\.version) == Array(1...migrations.count)
        else {
            throw ServiceError(
                .failedPrecondition,
                "The migrations are not numbered 0001, 0002, … without gaps; reinstall them.")
        }
    }

    /// Reads a directory of migrations. Throws `failedPrecondition` when it is not one.
    package static func load(directory: String) throws -> MigrationCatalog {
        let fileSystem = PosixFileSystem()
        do {
            let names = try fileSystem.list(directory).filter { name in
                try fileSystem.exists("\(directory)/\(name)/up.sql")
            }
            return try MigrationCatalog(
                names.map { name in
                    let script = try fileSystem.readAll("\(directory)/\(name)/up.sql")
                    return try Migration(
                        directory: name, script: String(decoding: script, as: UTF8.self))
                })
        } catch let error as FileError {
            throw ServiceError(
                .failedPrecondition, "The migrations in \(directory) cannot be read.",
                cause: error)
        }
    }

    /// The directory `migrations` beside the executable, in one of the directories above it, or
    /// in the current directory. Throws `failedPrecondition` when there is none.
    package static func defaultDirectory() throws -> String {
        var directory = resolved("/proc/self/exe").map(parent) ?? ""
        while !directory.isEmpty {
            if let found = migrations(in: directory) { return found }
            directory = parent(directory)
        }
        if let found = resolved(".").flatMap(migrations) { return found }
        throw ServiceError(
            .failedPrecondition,
            "The directory of migrations was not found; set database.migrations_directory.")
    }

    private static func migrations(in directory: String) -> String? {
        let candidate = directory + "/migrations"
        return access(candidate + "/schema.sql", R_OK) == 0 ? candidate : nil
    }

    /// The directory above, `""` for the root.
    private static func parent(_ path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
    }

    private static func resolved(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
