import ChromaModel

extension NodeRole {
    /// The whole set, as the setting is written.
    static let wholeList = allCases.map(\.rawValue).joined(separator: ",")

    /// Reads a list such as `control,frontend,engine`, in any order, with or without spaces.
    ///
    /// Throws `ServiceError(.invalidArgument)` for a role that is unknown or named twice, and for
    /// an empty list.
    static func parse(list: String, of key: ConfigurationKey) throws(ServiceError)
        -> Set<NodeRole>
    {
        var named: Set<NodeRole> = []
        for word in list.split(separator: ",", omittingEmptySubsequences: false) {
            let role = try parse(word.filter { $0 != " " }, of: key)
            guard named.insert(role).inserted else {
                throw .invalid("\(key.label) names the role \"\(role.rawValue)\" twice.")
            }
        }
        return named
    }

    private static func parse(_ name: String, of key: ConfigurationKey) throws(ServiceError)
        -> NodeRole
    {
        if let role = NodeRole(rawValue: name) { return role }
        let stranger = UnknownName(name, known: allCases.map(\.rawValue))
        throw .invalid("\(key.label): \"\(name)\" is not a role.\(stranger.hint)")
    }
}
