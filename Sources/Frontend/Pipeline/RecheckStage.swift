import Platform

/// Asks again who is asking and what they may, when the body was long in coming: a token that is
/// revoked meanwhile, or a database deleted, must not be written with when it ends.
struct RecheckStage: Stage {
    /// How long an answer to "may they?" holds: as long as the control plane's own caches may
    /// serve a token after its revocation.
    private static let accessSecondsMax: UInt64 = 5

    /// The stages to go through again.
    let access: [any Stage]
    let time: any TimeSource

    /// Throws what the stages throw.
    func run(_ context: inout RequestContext) async throws {
        let age = time.monotonicNanoseconds() - context.acceptedAt
        guard age > Self.accessSecondsMax * 1_000_000_000 else { return }
        for stage in access { try await stage.run(&context) }
    }
}
