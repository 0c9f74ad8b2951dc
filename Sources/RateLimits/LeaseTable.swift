/// One frontend's leases of every key, and what it decides with them.
///
/// Pure: it says what to ask the buckets (`Decision.ask`), and is told the answers
/// (`take`); whoever holds it does the asking. Times are monotonic nanoseconds.
package struct LeaseTable<Key: Hashable & Comparable & Sendable>: Sendable {
    /// What one request needs of one key before it may run.
    package struct Need: Sendable {
        package let key: Key
        package let policy: RatePolicy
        package let cost: Double

        package init(key: Key, policy: RatePolicy, cost: Double) {
            self.key = key
            self.policy = policy
            self.cost = policy.admissionCost(cost)
        }
    }

    /// A question for the bucket of a key.
    package struct Question: Sendable {
        package let key: Key
        package let policy: RatePolicy
        /// As much as is useful, and as little as is of any use.
        package let want: Double
        package let atLeast: Double

        package init(key: Key, policy: RatePolicy, want: Double, atLeast: Double) {
            self.key = key
            self.policy = policy
            self.want = want
            self.atLeast = atLeast
        }
    }

    package enum Decision: Sendable {
        /// It may run; give the reservation back by `settle`, whatever becomes of it. And ask
        /// this meanwhile: call `take`, or `giveUp`.
        case admitted(Reservation, renewing: [Question])
        /// It may not; `retryAfterNanoseconds` is how long the tightest key's refusal stands.
        case refused(key: Key, retryAfterNanoseconds: UInt64)
        /// Ask this, call `take`, and decide again.
        case ask([Question])
        /// Somebody asks already; decide again when they have their answer.
        case wait(for: Key)
    }

    /// What a running request holds.
    package struct Reservation: Sendable {
        fileprivate var parts: [(key: Key, grants: [LeaseWallet.Grant])]

        /// Whether exactly what was reserved was used, so that settling changes nothing.
        func isUsedUp(_ used: (Key) -> Double) -> Bool {
            parts.allSatisfy { part in
                part.grants.reduce(0) { $0 + $1.amount } == used(part.key)
            }
        }
    }

    private var wallets: [Key: LeaseWallet] = [:]

    package init() {}

    /// Decides over one request. All of its keys must have enough; unless they have, none is
    /// touched.
    package mutating func decide(
        _ needs: [Need], frontendCount: Int, nowNanoseconds now: UInt64
    ) -> Decision {
        if needs.allSatisfy({ covers($0, now) }) {
            let reservation = reserve(needs, now)
            return .admitted(reservation, renewing: renewals(needs, frontendCount, now))
        }
        let short = needs.filter { !covers($0, now) }.sorted { $0.key < $1.key }
        if let denied = longestDenied(short, now) { return denied }
        if let asking = short.first(where: { wallets[$0.key]?.isAsking ?? false }) {
            wallets[asking.key]?.wait(asking.cost)
            return .wait(for: asking.key)
        }
        return .ask(short.map { question($0, frontendCount, now) })
    }

    /// The answer of a key's bucket to a question asked at `sentNanoseconds`.
    package mutating func take(
        _ answer: LeaseAnswer, for key: Key, sentNanoseconds: UInt64, nowNanoseconds now: UInt64
    ) {
        wallets[key, default: LeaseWallet()].take(answer, sentNanoseconds: sentNanoseconds, now)
    }

    /// A question to a key's bucket gets no answer.
    package mutating func giveUp(_ key: Key) { wallets[key]?.endAsking() }

    /// A request ended; `used` says how much of a key it really used, in its policy's unit.
    /// One that did not run used 0.
    package mutating func settle(
        _ reservation: Reservation, nowNanoseconds now: UInt64, used: (Key) -> Double
    ) {
        for (key, grants) in reservation.parts {
            wallets[key, default: LeaseWallet()].settle(grants, used: used(key), now)
        }
    }

    /// What may still be spent of a key as far as this frontend knows, for the `RateLimit` header.
    package func remaining(of key: Key, nowNanoseconds now: UInt64) -> Double {
        guard let wallet = wallets[key] else { return 0 }
        return max(wallet.available(now), 0) + max(wallet.remaining, 0)
    }

    /// Forgets the keys that hold nothing: neither leases nor debt nor a refusal.
    package mutating func forgetIdle(nowNanoseconds now: UInt64) {
        wallets = wallets.filter { !$0.value.isIdle(now) }
    }

    package var count: Int { wallets.count }

    private func covers(_ need: Need, _ now: UInt64) -> Bool {
        wallets[need.key, default: LeaseWallet()].covers(need.cost, now)
    }

    private mutating func reserve(_ needs: [Need], _ now: UInt64) -> Reservation {
        Reservation(
            parts: needs.map { need in
                (need.key, wallets[need.key, default: LeaseWallet()].reserve(need.cost, now))
            })
    }

    /// What to ask now for requests that come after one that was let in, in the order of the keys.
    private mutating func renewals(_ needs: [Need], _ frontendCount: Int, _ now: UInt64)
        -> [Question]
    {
        var questions: [Question] = []
        for need in needs {
            guard
                let want = wallets[need.key]?.renewal(
                    need.cost, policy: need.policy, frontendCount: frontendCount, now)
            else { continue }
            wallets[need.key]?.beginAsking(now)
            questions.append(
                Question(key: need.key, policy: need.policy, want: want, atLeast: 0))
        }
        return questions.count > 1 ? questions.sorted { $0.key < $1.key } : questions
    }

    private func longestDenied(_ short: [Need], _ now: UInt64) -> Decision? {
        let denials = short.map { ($0.key, wallets[$0.key]?.deniedNanoseconds(now) ?? 0) }
        guard let longest = denials.max(by: { $0.1 < $1.1 }), longest.1 > 0 else { return nil }
        return .refused(key: longest.0, retryAfterNanoseconds: longest.1)
    }

    private mutating func question(_ need: Need, _ frontendCount: Int, _ now: UInt64) -> Question {
        var wallet = wallets[need.key, default: LeaseWallet()]
        let want = wallet.want(
            need.cost, policy: need.policy, frontendCount: frontendCount, now)
        wallet.beginAsking(now)
        wallets[need.key] = wallet
        // What is in hand counts; debt, which is paid out of the lease first, counts against it.
        let missing = need.cost - wallet.available(now)
        let least = min(max(missing, 0), need.policy.burst)
        return Question(key: need.key, policy: need.policy, want: want, atLeast: least)
    }
}

extension LeaseTable {
    /// Whether a question for the key is under way.
    func isAsking(_ key: Key) -> Bool { wallets[key]?.isAsking ?? false }

    /// What was used of a key beyond what was reserved, and is not paid yet; for tests.
    package func debt(of key: Key) -> Double { wallets[key]?.debt ?? 0 }
}
