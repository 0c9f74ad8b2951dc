/// What one frontend holds of one key: leases that run out, and debt that doesn't.
struct LeaseWallet {
    /// How long a lease may be spent, from when it was asked for.
    static let leaseNanoseconds: UInt64 = 1_000_000_000
    /// A lease asks for what so much time will need at the present pace.
    private static let leaseAheadSeconds = 0.2
    /// A wallet with less than this share of that is filled up before it is empty.
    private static let renewalShare = 0.5
    /// How long after a question no renewal follows: a bucket that is as good as empty is asked
    /// by who must.
    private static let renewalPauseNanoseconds: UInt64 = 50_000_000

    /// Part of the tokens that one answer granted.
    struct Grant: Equatable {
        let expiresNanoseconds: UInt64
        var amount: Double
    }

    private var grants: [Grant] = []
    /// Used beyond what was reserved. It is paid before anything else, and never forgotten
    /// when leases run out: that would let each lease's end be used to spend twice.
    private(set) var debt = 0.0
    private var deniedUntilNanoseconds: UInt64 = 0
    private var demand = DemandEstimate()
    /// What the bucket held after the last answer.
    private(set) var remaining = 0.0
    /// Whether an answer is under way; a key is asked for once at a time.
    private(set) var isAsking = false
    private var askedNanoseconds: UInt64 = 0
    /// What those need who wait for that answer.
    private var waitingCost = 0.0

    /// What may be spent now.
    func available(_ now: UInt64) -> Double {
        grants.reduce(-debt) { $1.expiresNanoseconds > now ? $0 + $1.amount : $0 }
    }

    /// Sums of parts may miss the whole by a rounding error.
    func covers(_ cost: Double, _ now: UInt64) -> Bool {
        available(now) >= cost * (1 - 1e-9)
    }

    /// How long the bucket's refusal still stands; 0 when it may be asked.
    func deniedNanoseconds(_ now: UInt64) -> UInt64 {
        deniedUntilNanoseconds > now ? deniedUntilNanoseconds - now : 0
    }

    func isIdle(_ now: UInt64) -> Bool {
        !isAsking && debt <= 0 && available(now) <= 0 && deniedNanoseconds(now) == 0
            && demand.isIdle(now)
    }

    /// Takes `cost` from the grants that run out first. The caller has seen that it is there.
    mutating func reserve(_ cost: Double, _ now: UInt64) -> [Grant] {
        dropExpired(now)
        demand.note(cost, now)
        var taken: [Grant] = []
        var missing = cost
        while missing > 0, let first = grants.first {
            let part = min(first.amount, missing)
            taken.append(Grant(expiresNanoseconds: first.expiresNanoseconds, amount: part))
            missing -= part
            grants[0].amount -= part
            if grants[0].amount <= 0 { grants.removeFirst() }
        }
        return taken
    }

    /// A request ran and used `used` of what it had reserved: less is given back into the
    /// grants it came from, more is debt.
    mutating func settle(_ reserved: [Grant], used: Double, _ now: UInt64) {
        var unpaid = used
        for grant in reserved {
            let part = min(grant.amount, unpaid)
            unpaid -= part
            credit(Grant(expiresNanoseconds: grant.expiresNanoseconds, amount: grant.amount - part))
        }
        debt += unpaid
        demand.note(unpaid, now)
        payDebt(now)
    }

    /// What to ask the bucket for, so that requests of `cost` can go on for a while without
    /// another question, and one frontend of many leaves the others their share.
    func want(_ cost: Double, policy: RatePolicy, frontendCount: Int, _ now: UInt64) -> Double {
        let ahead = max(demand.ratePerSecond(now) * Self.leaseAheadSeconds, waitingCost)
        let most = Self.most(policy, frontendCount)
        return min(max(min(ahead, most), cost) + debt, policy.burst)
    }

    /// What to ask the bucket for before the wallet is empty, so that no request waits for the
    /// answer; nil when that is not due, or the next request of `cost` isn't expected soon. What
    /// is held afterwards is no more than after a question of `want`.
    func renewal(_ cost: Double, policy: RatePolicy, frontendCount: Int, _ now: UInt64) -> Double? {
        guard !isAsking, now >= askedNanoseconds + Self.renewalPauseNanoseconds,
            deniedNanoseconds(now) == 0
        else { return nil }
        let ahead = demand.ratePerSecond(now) * Self.leaseAheadSeconds
        let wanted = min(ahead, Self.most(policy, frontendCount))
        let held = available(now)
        guard wanted >= cost, held < wanted * Self.renewalShare else { return nil }
        return min(wanted - held, policy.burst)
    }

    /// What one frontend holds at the most, but for a single request that costs more.
    private static func most(_ policy: RatePolicy, _ frontendCount: Int) -> Double {
        policy.burst / Double(4 * max(frontendCount, 1))
    }

    /// A question was sent.
    mutating func beginAsking(_ now: UInt64) {
        isAsking = true
        askedNanoseconds = now
        waitingCost = 0
    }

    /// The question got no answer.
    mutating func endAsking() { isAsking = false }

    mutating func wait(_ cost: Double) { waitingCost += cost }

    /// The bucket's answer to a question that was sent at `sentNanoseconds`. The lease runs
    /// from then: counted from its arrival, a slow answer would live beyond its time.
    mutating func take(_ answer: LeaseAnswer, sentNanoseconds: UInt64, _ now: UInt64) {
        isAsking = false
        remaining = answer.remaining
        dropExpired(now)
        if answer.granted > 0 {
            let expires = sentNanoseconds + Self.leaseNanoseconds
            credit(Grant(expiresNanoseconds: expires, amount: answer.granted))
            payDebt(now)
        } else {
            deniedUntilNanoseconds = now + answer.retryAfterNanoseconds
        }
    }

    private mutating func payDebt(_ now: UInt64) {
        dropExpired(now)
        while debt > 0, !grants.isEmpty {
            let part = min(debt, grants[0].amount)
            debt -= part
            grants[0].amount -= part
            if grants[0].amount <= 0 { grants.removeFirst() }
        }
    }

    /// Keeps the grants in the order in which they run out.
    private mutating func credit(_ grant: Grant) {
        guard grant.amount > 0 else { return }
        if let same = grants.firstIndex(where: {
            $0.expiresNanoseconds == grant.expiresNanoseconds
        }) {
            grants[same].amount += grant.amount
        } else {
            let place = grants.firstIndex { $0.expiresNanoseconds > grant.expiresNanoseconds }
            grants.insert(grant, at: place ?? grants.endIndex)
        }
    }

    private mutating func dropExpired(_ now: UInt64) {
        grants.removeAll { $0.expiresNanoseconds <= now }
    }
}
