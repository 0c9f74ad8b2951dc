/// Whoever keeps the buckets that all frontends share.
package protocol LeaseKeeper<Key>: Sendable {
    associatedtype Key: Hashable & Comparable & Sendable

    /// Answers every question, in the order of the questions. Throws when the keeper can't be
    /// reached; nothing was granted then.
    func acquire(_ questions: [LeaseTable<Key>.Question]) async throws -> [LeaseAnswer]
}
