import ChromaModel

/// What a process does for the installation.
///
/// This version runs all of them in one process: `roles` takes the whole set and nothing less.
enum ServerRole: String, Sendable, CaseIterable {
    case control, frontend, engine

    /// The whole set, as the setting is written.
    static let wholeList = allCases.map(\.rawValue).joined(separator: ",")

    /// Reads a list such as `control,frontend,engine`, in any order, with or without spaces.
    ///
    /// Throws `ServiceError(.invalidArgument)` for a role that is unknown or named twice, and for
    /// a list without all of them.
    static func checkWhole(_ list: String, of key: ConfigurationKey) throws(ServiceError) {
        var named: Set<ServerRole> = []
        for word in list.split(separator: ",", omittingEmptySubsequences: false) {
            let role = try parse(word.filter { $0 != " " }, of: key)
            guard named.insert(role).inserted else {
                throw .invalid("\(key.label) names the role \"\(role.rawValue)\" twice.")
            }
        }
        guard named.count == allCases.count else {
            throw .invalid(
                """
                \(key.label) is "\(list)", but split roles are not in this version: \
                leave it out or set it to \(wholeList), and one process is all of them.
                """)
        }
    }

    private static func parse(_ name: String, of key: ConfigurationKey) throws(ServiceError)
        -> ServerRole
    {
        if let role = ServerRole(rawValue: name) { return role }
        let stranger = UnknownName(name, known: allCases.map(\.rawValue))
        throw .invalid("\(key.label): \"\(name)\" is not a role.\(stranger.hint)")
    }
}
