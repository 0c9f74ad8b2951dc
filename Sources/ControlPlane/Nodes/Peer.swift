import ChromaModel

/// Another process with the role control on the same database, as its row says.
struct Peer: Sendable, Equatable {
    let id: String
    let name: String
    let bootID: UniqueID
    /// Raised with each word of it.
    let beats: Int64
    /// Up to which change it and all that hang on it have followed.
    let appliedEpoch: Int64
    /// How many frontends it has: its own and those that hang on it.
    let frontends: Int
}
