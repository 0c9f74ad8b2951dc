import ChromaModel

/// An identity provider whose tokens are taken, as the control plane keeps it.
package struct IssuerRecord: Sendable, Hashable {
    /// Seconds by which clocks may differ.
    package static let clockSkewSecondsRange = 0...300
    package static let clockSkewSecondsDefault = 30
    /// The longest life of a token that an issuer may be allowed, in seconds.
    package static let lifetimeSecondsMaxRange = 60...86_400
    /// 15 minutes: the shorter a token lives, the less a stolen one is worth (control plane §3.3).
    package static let lifetimeSecondsMaxDefault = 900
    /// What is taken when an issuer names no algorithms.
    package static let algorithmsDefault: [SignatureAlgorithm] = [.rs256, .es256]

    package let id: IssuerID
    /// Tells it from an issuer that had its name before.
    package let uid: UniqueID
    /// Raised by every change of it or of its denials.
    package let revision: UInt64
    /// What its tokens say in `iss`.
    package let url: IssuerURL
    /// A token must be for one of these.
    package let audiences: [ClaimText]
    package let algorithms: [SignatureAlgorithm]
    package let keySource: KeySource
    package let mapping: ClaimMapping
    package let clockSkewSeconds: Int
    /// How long after its issue a token may expire.
    package let lifetimeSecondsMax: Int
    package let denials: DenyList
    /// Unix time in milliseconds.
    package let createdAtMilliseconds: UInt64

    package init(
        id: IssuerID, uid: UniqueID, revision: UInt64, url: IssuerURL, audiences: [ClaimText],
        algorithms: [SignatureAlgorithm] = algorithmsDefault, keySource: KeySource,
        mapping: ClaimMapping, clockSkewSeconds: Int = clockSkewSecondsDefault,
        lifetimeSecondsMax: Int = lifetimeSecondsMaxDefault, denials: DenyList = DenyList(),
        createdAtMilliseconds: UInt64
    ) {
        self.id = id
        self.uid = uid
        self.revision = revision
        self.url = url
        self.audiences = audiences
        self.algorithms = algorithms
        self.keySource = keySource
        self.mapping = mapping
        self.clockSkewSeconds = clockSkewSeconds
        self.lifetimeSecondsMax = lifetimeSecondsMax
        self.denials = denials
        self.createdAtMilliseconds = createdAtMilliseconds
    }
}

/// Where an issuer's public keys are found: a JSON Web Key Set.
package enum KeySource: Sendable, Hashable {
    /// At the `jwks_uri` of `<issuer>/.well-known/openid-configuration`.
    case discovery
    /// At this URL.
    case url(String)
    /// In a file of this name in the server's directory of keys. Only here may secrets be.
    case file(String)
}
