import Platform

/// Asks again who is asking and what they may, when the body was long in coming: a token that is
/// revoked meanwhile, or a database deleted, must not be written with when it ends.
struct RecheckStage: Stage {
    /// The stages to go through again.
    let access: [any Stage]
    let time: any TimeSource
    var name: String { "recheck" }

    /// Throws what the stages throw.
    func run(_ context: inout RequestContext) async throws {
        guard AccessAge.isStale(since: context.acceptedAt, time) else { return }
        for stage in access { try await stage.run(&context) }
    }
}
