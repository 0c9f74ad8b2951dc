import ChromaModel
import Synchronization
import Telemetry
import Usage

/// Proposals waiting for the next group commit, and the right to drain them.
///
/// While one group is being written and synced, the next one gathers here: that is the whole of
/// group commit. At most one drain runs at a time.
final class CommitQueue: Sendable {
    struct Pending: Sendable {
        let proposal: Proposal
        /// What the proposer is held to.
        let quotas: EffectiveQuotas
        /// Who is charged.
        let payer: UsageCredential
        /// What waits for it in a trace; nil: in none that is recorded.
        let place: SpanPlace?
        let continuation: CheckedContinuation<CommitOutcome, any Error>
    }

    private struct State {
        var pending: [Pending] = []
        var isDraining = false
        var isClosed = false
        var drained: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    /// Queues a proposal and waits for its outcome.
    ///
    /// - Parameter startDrain: called when nobody is draining; must get `drain` going.
    func submit(
        _ proposal: Proposal, within quotas: EffectiveQuotas, for payer: UsageCredential,
        startDrain: @Sendable () -> Void
    ) async throws -> CommitOutcome {
        let place = Trace.recorded
        return try await withCheckedThrowingContinuation { continuation in
            let pending = Pending(
                proposal: proposal, quotas: quotas, payer: payer, place: place,
                continuation: continuation)
            let (isAccepted, mustStart) = state.withLock { state in
                guard !state.isClosed else { return (false, false) }
                state.pending.append(pending)
                let mustStart = !state.isDraining
                state.isDraining = true
                return (true, mustStart)
            }
            if !isAccepted { continuation.resume(throwing: EngineClosed()) }
            if mustStart { startDrain() }
        }
    }

    /// Takes what is waiting; nil hands the right to drain back.
    func next() -> [Pending]? {
        let (group, waiters) = state.withLock {
            state -> ([Pending]?, [CheckedContinuation<Void, Never>]) in
            guard !state.pending.isEmpty else {
                state.isDraining = false
                defer { state.drained = [] }
                return (nil, state.drained)
            }
            defer { state.pending = [] }
            return (state.pending, [])
        }
        for waiter in waiters { waiter.resume() }
        return group
    }

    /// Refuses new proposals and waits until the queued ones have their outcome.
    func close() async {
        await withCheckedContinuation { continuation in
            let isIdle = state.withLock { state in
                state.isClosed = true
                if state.isDraining { state.drained.append(continuation) }
                return !state.isDraining
            }
            if isIdle { continuation.resume() }
        }
    }
}

/// The engine closed under the caller; the host opens it again and the caller retries.
struct EngineClosed: Error {}
