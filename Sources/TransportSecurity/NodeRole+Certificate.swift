import ChromaModel

extension NodeRole {
    /// The DNS name in a certificate that stands for the role. It is no host's, so a process moves
    /// between machines with its certificate, and a certificate for a host proves no role.
    package var certificateName: String { "\(rawValue).tessera.internal" }

    /// The role that a name of a certificate stands for; nil for any other name.
    package init?(certificateName: String) {
        guard
            let role = Self.allCases.first(where: {
                $0.certificateName.isByteEqual(to: certificateName)
            })
        else { return nil }
        self = role
    }
}
