import Access
import ChromaModel
import TenantStorage

/// A tenant at one position of its log: what a backup copies.
package struct TenantCut: Sendable {
    package let checkpoint: Checkpoint
    /// The files that the checkpoint names. They stay readable as long as this lives, even when a
    /// later seal has removed their names.
    package let segments: [SegmentFile]

    package init(checkpoint: Checkpoint, segments: [SegmentFile]) {
        self.checkpoint = checkpoint
        self.segments = segments
    }
}

/// Whoever can hold a tenant still for a moment.
package protocol TenantCutSource: Sendable {
    /// Everything that was acknowledged before the call is in the cut. Writes go on meanwhile.
    ///
    /// - Throws: `ServiceError` when the tenant cannot be opened or sealed.
    func cut(_ scope: TenantScope) async throws -> TenantCut
}
