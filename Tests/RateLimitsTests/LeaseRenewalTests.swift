import RateLimits
import Testing

@Suite("A lease that is renewed before it is used up")
struct LeaseRenewalTests {
    private static let millisecond: UInt64 = 1_000_000

    /// A frontend of one key, asked once a millisecond; answers take some.
    private struct Frontend {
        let policy: RatePolicy
        let answerNanoseconds: UInt64
        var table = LeaseTable<Int>()
        var bucket: LeaseBucket
        var now: UInt64 = 1_000_000_000
        var renewal: (question: LeaseTable<Int>.Question, sent: UInt64)?
        var renewals = 0
        /// Requests that had to wait for an answer.
        var waits = 0

        init(_ policy: RatePolicy, answerMilliseconds: UInt64) {
            self.policy = policy
            answerNanoseconds = answerMilliseconds * LeaseRenewalTests.millisecond
            bucket = LeaseBucket(full: policy, nowNanoseconds: now)
        }

        /// - Returns: how many of so many requests were let in.
        mutating func requests(_ count: Int) -> Int {
            (0..<count).reduce(0) { sum, _ in sum + (request() ? 1 : 0) }
        }

        /// - Returns: whether the request was let in.
        mutating func request() -> Bool {
            now += LeaseRenewalTests.millisecond
            if let renewal, now >= renewal.sent + answerNanoseconds { receive(renewal) }
            let need = LeaseTable<Int>.Need(key: 1, policy: policy, cost: 1)
            while true {
                let decision = table.decide([need], frontendCount: 1, nowNanoseconds: now)
                switch decision {
                case .admitted(_, let renewing):
                    if let question = renewing.first { renew(question) }
                    return true
                case .ask(let questions):
                    waits += 1
                    for question in questions { receive((question, now)) }
                case .wait:
                    waits += 1
                    guard let renewal else { return false }
                    receive(renewal)
                case .refused: return false
                }
            }
        }

        private mutating func renew(_ question: LeaseTable<Int>.Question) {
            renewals += 1
            renewal = (question, now)
        }

        private mutating func receive(
            _ asked: (question: LeaseTable<Int>.Question, sent: UInt64)
        ) {
            let question = asked.question
            let answer = bucket.grant(
                want: question.want, atLeast: question.atLeast, policy: policy,
                nowNanoseconds: now)
            table.take(answer, for: 1, sentNanoseconds: asked.sent, nowNanoseconds: now)
            renewal = nil
        }
    }

    @Test("lets no request of a steady stream wait, for some ten questions a second")
    func steady() throws {
        let policy = try #require(RatePolicy(ratePerSecond: 10_000, burst: 10_000))
        var frontend = Frontend(policy, answerMilliseconds: 20)
        _ = frontend.requests(2000)
        (frontend.waits, frontend.renewals) = (0, 0)
        let admitted = frontend.requests(2000)
        #expect(admitted == 2000)
        #expect(frontend.waits == 0)
        #expect((10...40).contains(frontend.renewals))
    }

    @Test("is asked of an empty bucket some twenty times a second at most")
    func emptyBucket() throws {
        let policy = try #require(RatePolicy(ratePerSecond: 200, burst: 200))
        var frontend = Frontend(policy, answerMilliseconds: 1)
        _ = frontend.requests(2000)
        frontend.renewals = 0
        let admitted = frontend.requests(1000)
        #expect(frontend.renewals <= 21)
        #expect((180...220).contains(admitted))
    }

    @Test("is used up when the question for more gets no answer")
    func unanswered() throws {
        let policy = try #require(RatePolicy(ratePerSecond: 10_000, burst: 10_000))
        var frontend = Frontend(policy, answerMilliseconds: 20)
        _ = frontend.requests(2000)
        while frontend.renewal == nil { _ = frontend.request() }
        frontend.table.giveUp(1)
        frontend.renewal = nil
        frontend.waits = 0
        let admitted = frontend.requests(40)
        #expect(admitted == 40)
        #expect(frontend.waits == 0)
    }
}
