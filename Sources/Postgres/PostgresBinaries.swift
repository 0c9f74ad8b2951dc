import ChromaModel
import Glibc
import Platform

/// Where PostgreSQL's programs are installed.
struct PostgresBinaries: Sendable {
    /// Debian keeps every major version below here.
    private static let debianRoot = "/usr/lib/postgresql"

    let directory: String
    let majorVersion: Int

    var initdb: String { directory + "/initdb" }
    var postgres: String { directory + "/postgres" }

    /// Finds the programs, of exactly the wanted major version when there is one. Blocks.
    /// Throws `failedPrecondition` that says what to install.
    static func find(majorVersion wanted: Int?, fileSystem: any FileSystem) throws
        -> PostgresBinaries
    {
        let debian = try fileSystem.list(debianRoot)
            .sorted { Int($0) ?? 0 > Int($1) ?? 0 }
            .map { "\(debianRoot)/\($0)/bin" }
        let configured = [output(of: "pg_config --bindir")].compactMap { $0 }
        let found = (configured + debian).compactMap(at)
        if let match = found.first(where: { wanted == nil || $0.majorVersion == wanted }) {
            return match
        }
        let name = wanted.map { "PostgreSQL \($0), which made the data directory," } ?? "PostgreSQL"
        throw ServiceError(
            .failedPrecondition,
            "\(name) is not installed: install its server package (Debian:"
                + " postgresql\(wanted.map { "-\($0)" } ?? "")) or set database.url.")
    }

    /// The programs in a directory, if they are there and run.
    private static func at(_ directory: String) -> PostgresBinaries? {
        guard access(directory + "/initdb", X_OK) == 0,
            let line = output(of: "'\(directory)/postgres' --version"),
            let number = line.split(separator: " ").first(where: { $0.first?.isNumber == true }),
            let major = Int(number.prefix(while: \.isNumber))
        else { return nil }
        return PostgresBinaries(directory: directory, majorVersion: major)
    }

    /// The first line a command prints; nil when it fails.
    private static func output(of command: String) -> String? {
        guard let stream = popen(command + " 2>/dev/null", "r") else { return nil }
        var line = [CChar](repeating: 0, count: 4096)
        let text = fgets(&line, Int32(line.count), stream).map { String(cString: $0) }
        guard pclose(stream) == 0, let text else { return nil }
        return text.last == "\n" ? String(text.dropLast()) : text
    }
}
