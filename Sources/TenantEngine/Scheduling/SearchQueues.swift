import Access
import ChromaModel

/// Which search runs next, and on what kind of thread: pure.
///
/// A tenant that took much of late is heavy (`RecentUse`): its jobs wait in a queue of their own
/// and run on bulk threads, which the others' threads get the cores from. So the others find
/// prompt threads free even if they come once an hour; only where there are many of them do their
/// jobs take bulk threads too. In each queue deficit round robin divides.
///
/// **Invariant:** no job waits that may run while a thread that may run it is free.
struct SearchQueues {
    enum Kind: CaseIterable { case prompt, bulk }

    /// A job to run: which queue counts it, and which thread was taken for it.
    struct Turn: Sendable {
        fileprivate let turn: DeficitRoundRobin<TenantID, SearchJob>.Turn
        fileprivate let queue: Kind
        let thread: Kind?

        var job: SearchJob { turn.item }
    }

    /// A tenant is alone when no other asked for so long.
    private static let aloneAfterNanoseconds: UInt64 = 50_000_000

    private var prompt: DeficitRoundRobin<TenantID, SearchJob>
    private var bulk: DeficitRoundRobin<TenantID, SearchJob>
    private var promptThreadsFree: Int
    private var bulkThreadsFree: Int
    private var use = RecentUse<TenantID>()
    private var lastTenant: TenantID?
    /// Until then more than one tenant is taken to be searching, in monotonic nanoseconds.
    private var sharedUntilNanoseconds: UInt64 = 0
    private var now: UInt64 = 0

    /// - Parameter coresMax: threads of each kind, and jobs of a tenant that run at once.
    init(coresMax: Int) {
        prompt = DeficitRoundRobin(runningMax: coresMax)
        bulk = DeficitRoundRobin(runningMax: coresMax)
        promptThreadsFree = coresMax
        bulkThreadsFree = coresMax
    }

    /// A tenant asks for a search.
    mutating func arrived(_ tenant: TenantID, at now: UInt64) {
        if let lastTenant, lastTenant != tenant {
            sharedUntilNanoseconds = now + Self.aloneAfterNanoseconds
        }
        lastTenant = tenant
        self.now = now
    }

    /// A turn of a tenant's short search on the thread that asks, if it is alone or takes little.
    mutating func takeHere(_ job: SearchJob, for tenant: TenantID) -> Turn? {
        guard now >= sharedUntilNanoseconds || !use.isHeavy(tenant, at: now) else { return nil }
        return prompt.takeAtOnce(job, for: tenant).map {
            Turn(turn: $0, queue: .prompt, thread: nil)
        }
    }

    mutating func add(_ job: SearchJob, for tenant: TenantID) {
        if use.isHeavy(tenant, at: now) {
            bulk.add(job, for: tenant)
        } else {
            prompt.add(job, for: tenant)
        }
    }

    /// The next job for a free thread of this kind, which is taken.
    mutating func takeNext(on thread: Kind) -> Turn? {
        switch thread {
        case .prompt:
            guard promptThreadsFree > 0, let turn = prompt.next() else { return nil }
            promptThreadsFree -= 1
            return Turn(turn: turn, queue: .prompt, thread: .prompt)
        case .bulk:
            guard bulkThreadsFree > 0 else { return nil }
            let own = bulk.next().map { Turn(turn: $0, queue: .bulk, thread: .bulk) }
            guard let next = own ?? overflow() else { return nil }
            bulkThreadsFree -= 1
            return next
        }
    }

    /// What prompt threads have no place for.
    private mutating func overflow() -> Turn? {
        guard promptThreadsFree == 0 else { return nil }
        return prompt.next().map { Turn(turn: $0, queue: .prompt, thread: .bulk) }
    }

    /// A job has run.
    ///
    /// - Parameter cost: its processor time in microseconds.
    mutating func ended(_ turn: Turn, cost: Int) {
        switch turn.queue {
        case .prompt: prompt.ended(turn.turn, cost: cost)
        case .bulk: bulk.ended(turn.turn, cost: cost)
        }
        switch turn.thread {
        case .prompt: promptThreadsFree += 1
        case .bulk: bulkThreadsFree += 1
        case nil: break
        }
        use.note(turn.turn.key, microseconds: cost, at: now)
    }
}
