import ChromaModel
import Glibc

/// Whom the embedded PostgreSQL runs as: it refuses to be root.
struct ServerUser: Sendable {
    private static let packageUser = "postgres"
    private static let setprivPaths = ["/usr/bin/setpriv", "/bin/setpriv"]

    let id: uid_t
    let group: gid_t
    /// What comes before the program's own arguments: the change of user, and the order to the
    /// kernel to end the child when this process dies.
    let launcher: [String]
    let isDropped: Bool

    /// This process's user, or `postgres` when that is root.
    /// Throws `failedPrecondition` that says what to install.
    static func current() throws -> ServerUser {
        let setpriv = setprivPaths.first { access($0, X_OK) == 0 }
        let dieWithParent = ["--pdeathsig", "QUIT"]
        guard geteuid() == 0 else {
            return ServerUser(
                id: geteuid(), group: getegid(),
                launcher: setpriv.map { [$0] + dieWithParent } ?? [],
                isDropped: false)
        }
        guard let setpriv, let entry = passwordEntry(packageUser) else {
            throw ServiceError(
                .failedPrecondition,
                "PostgreSQL does not run as root: install setpriv (util-linux) and the user"
                    + " \(packageUser) (Debian: postgresql), run as another user, or set"
                    + " database.url.")
        }
        let drop = ["--reuid=\(packageUser)", "--regid=\(packageUser)", "--init-groups"]
        return ServerUser(
            id: entry.id, group: entry.group, launcher: [setpriv] + drop + dieWithParent,
            isDropped: true)
    }

    private static func passwordEntry(_ name: String) -> (id: uid_t, group: gid_t)? {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16384)
        guard getpwnam_r(name, &entry, &buffer, buffer.count, &found) == 0, found != nil else {
            return nil
        }
        return (entry.pw_uid, entry.pw_gid)
    }
}
