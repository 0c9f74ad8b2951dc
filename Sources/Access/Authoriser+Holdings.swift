/// What a principal may do, as one list of names: Chroma's actions ("add") and the admin API's
/// permissions ("tokens.create").
extension Authoriser {
    /// Every name there is.
    package static let permissionNames =
        Action.allCases.map(\.rawValue) + Permission.allCases.map(\.rawValue)

    /// Those that the principal has, in the same order, before any look at whose resource it is.
    package func permissionNames(of principal: Principal) -> [String] {
        Action.allCases.filter { allows(principal, $0) }.map(\.rawValue)
            + Permission.allCases.filter(principal.holds).map(\.rawValue)
    }
}
