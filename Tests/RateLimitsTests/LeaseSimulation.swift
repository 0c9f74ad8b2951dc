import RateLimits
import TestSupport

/// Frontends with clocks of their own, a keeper of buckets far away, requests and crashes, all
/// on one simulated time: the state machines are the real ones, only their I/O is events.
///
/// Every request is a tenant's, key 0, and may be one of its tokens' too, a further key: then it
/// needs both.
struct LeaseSimulation {
    /// What a run is made of; drawn at random.
    struct Setting {
        var ratePerSecond: Double
        var burst: Double
        var frontendCount: Int
        /// How many tokens have a rate of their own; 0 leaves the tenant's alone.
        var tokenCount = 0
        /// A token's rate and burst, as a share of the tenant's.
        var tokenShare = 1.0
        /// How much more is asked for than the rate allows.
        var overload: Double
        var costMax: Double
        /// A request's real use is its cost times something in `1 - spread...1 + spread`.
        var spread: Double
        var delayNanosecondsMax: Int
        /// How far a frontend's clock may run from true time, as a share of it.
        var clockError: Double
        var crashes: Bool
        var seconds: Double
        var plantedFault: Fault?
    }

    /// Mistakes that the check must find.
    enum Fault: CaseIterable {
        /// An answer that comes twice is taken twice.
        case answerTakenTwice
        /// What a request used beyond its estimate is not paid for.
        case overuseForgotten
        /// The keeper refills above the burst.
        case bottomlessBucket
        /// Every frontend admits the whole rate for itself.
        case localLimits
        /// What a request used of the second of its keys is not paid for.
        case secondKeyForgotten
    }

    struct Request {
        let frontend: Int
        /// The lanes that it needs, the tenant's first.
        let keys: [Int]
        let cost: Double
        let used: Double
        let runNanoseconds: UInt64
        var tries = 0
    }

    /// Who asked: a frontend, and the request that waits for the answer, if one does.
    struct Asker {
        let frontend: Int
        let incarnation: Int
        let request: Request?
    }

    enum Event {
        case arrive(Request)
        case asked([LeaseTable<Int>.Question], sent: UInt64, Asker)
        case answered([(Int, LeaseAnswer)], sent: UInt64, Asker)
        case finished(LeaseTable<Int>.Reservation, Request, incarnation: Int)
        case crash(Int)
    }

    let setting: Setting
    let random: SeededRandom
    private var queue = EventQueue<Event>()
    private var frontends: [LeaseTable<Int>]
    private var incarnations: [Int]
    private var clockRates: [Double]
    private var waiting: [[Request]]
    private(set) var lanes: [Lane]
    private var requestsInFlightMax = 0
    private var inFlight: [Int]
    private(set) var questions = 0

    init?(_ setting: Setting, random: SeededRandom) {
        let share = setting.tokenShare
        guard
            let whole = RatePolicy(ratePerSecond: setting.ratePerSecond, burst: setting.burst),
            let part = RatePolicy(
                ratePerSecond: setting.ratePerSecond * share, burst: setting.burst * share)
        else { return nil }
        self.setting = setting
        self.random = random
        let count = setting.frontendCount
        let tokens = Array(repeating: part, count: setting.tokenCount)
        lanes = ([whole] + tokens).map { Lane($0, frontendCount: count) }
        frontends = Array(repeating: LeaseTable(), count: count)
        incarnations = Array(repeating: 0, count: count)
        waiting = Array(repeating: [], count: count)
        inFlight = Array(repeating: 0, count: count)
        clockRates = (0..<count).map { _ in
            1 + setting.clockError * Double(random.unitFloat())
        }
    }

    /// The largest share of its bound that any key was used to; above 1 it is broken.
    var worst: Double {
        lanes.map { $0.excessMax / $0.bound(setting, requestsInFlightMax: requestsInFlightMax) }
            .max() ?? 0
    }

    mutating func run() {
        let end = UInt64(setting.seconds * 1e9)
        scheduleArrival(after: 0)
        if setting.crashes { scheduleCrash(after: 0) }
        while let (now, event) = queue.pop(), now < end { handle(event, now) }
    }

    private mutating func handle(_ event: Event, _ now: UInt64) {
        switch event {
        case .arrive(let request):
            scheduleArrival(after: now)
            decide(request, now)
        case .asked(let questions, let sent, let asker):
            answer(questions, sent, asker, now)
        case .answered(let answers, let sent, let asker):
            take(answers, sent, asker, now)
        case .finished(let reservation, let request, let incarnation):
            finish(request, reservation, incarnation, now)
        case .crash(let frontend):
            crash(frontend)
            scheduleCrash(after: now)
        }
    }

    private mutating func decide(_ request: Request, _ now: UInt64) {
        var request = request
        let frontend = request.frontend
        request.tries += 1
        guard request.tries < 5 else { return }
        if setting.plantedFault == .localLimits {
            for key in lanes.indices {
                lanes[key].bucket = LeaseBucket(full: lanes[key].policy, nowNanoseconds: now)
            }
        }
        let needs = request.keys.map {
            LeaseTable<Int>.Need(key: $0, policy: lanes[$0].policy, cost: request.cost)
        }
        let decision = frontends[frontend].decide(
            needs, frontendCount: setting.frontendCount, nowNanoseconds: local(now, frontend))
        switch decision {
        case .admitted(let reservation, let renewing):
            begin(request, reservation, now)
            if !renewing.isEmpty { ask(renewing, of: frontend, for: nil, now) }
        case .refused: break
        case .ask(let asked): ask(asked, of: frontend, for: request, now)
        case .wait: waiting[frontend].append(request)
        }
    }

    private mutating func ask(
        _ asked: [LeaseTable<Int>.Question], of frontend: Int, for request: Request?,
        _ now: UInt64
    ) {
        questions += asked.count
        let asker = Asker(
            frontend: frontend, incarnation: incarnations[frontend], request: request)
        queue.push(.asked(asked, sent: local(now, frontend), asker), at: now + delay())
    }

    private mutating func begin(
        _ request: Request, _ reservation: LeaseTable<Int>.Reservation, _ now: UInt64
    ) {
        let frontend = request.frontend
        inFlight[frontend] += 1
        requestsInFlightMax = max(requestsInFlightMax, inFlight[frontend])
        for key in request.keys {
            lanes[key].note(request.used, now)
            lanes[key].begin(request, debt: frontends[frontend].debt(of: key))
        }
        queue.push(
            .finished(reservation, request, incarnation: incarnations[frontend]),
            at: now + request.runNanoseconds)
    }

    private mutating func finish(
        _ request: Request, _ reservation: LeaseTable<Int>.Reservation, _ incarnation: Int,
        _ now: UInt64
    ) {
        let (frontend, fault) = (request.frontend, setting.plantedFault)
        guard incarnation == incarnations[frontend] else { return }
        inFlight[frontend] -= 1
        frontends[frontend].settle(reservation, nowNanoseconds: local(now, frontend)) { key in
            let forgets = fault == .overuseForgotten || fault == .secondKeyForgotten && key > 0
            return forgets ? min(request.used, request.cost) : request.used
        }
        for key in request.keys {
            lanes[key].finish(request, debt: frontends[frontend].debt(of: key))
        }
    }

    /// All questions of a request are one call, and one transaction there.
    private mutating func answer(
        _ questions: [LeaseTable<Int>.Question], _ sent: UInt64, _ asker: Asker, _ now: UInt64
    ) {
        let answers = questions.map { question in
            if setting.plantedFault == .bottomlessBucket {
                lanes[question.key].bucket = LeaseBucket(
                    tokens: question.policy.burst, updatedNanoseconds: now)
            }
            return (
                question.key,
                lanes[question.key].bucket.grant(
                    want: question.want, atLeast: question.atLeast, policy: question.policy,
                    nowNanoseconds: now)
            )
        }
        queue.push(.answered(answers, sent: sent, asker), at: now + delay())
    }

    private mutating func take(
        _ answers: [(Int, LeaseAnswer)], _ sent: UInt64, _ asker: Asker, _ now: UInt64
    ) {
        let frontend = asker.frontend
        guard asker.incarnation == incarnations[frontend] else { return }
        for (key, answer) in answers {
            for _ in 0..<(setting.plantedFault == .answerTakenTwice ? 2 : 1) {
                frontends[frontend].take(
                    answer, for: key, sentNanoseconds: sent,
                    nowNanoseconds: local(now, frontend))
            }
        }
        let others = waiting[frontend]
        waiting[frontend] = []
        for next in [asker.request].compactMap(\.self) + others { decide(next, now) }
    }

    private mutating func crash(_ frontend: Int) {
        for key in lanes.indices {
            lanes[key].crash(frontend, debt: frontends[frontend].debt(of: key))
        }
        frontends[frontend] = LeaseTable()
        incarnations[frontend] += 1
        waiting[frontend] = []
        inFlight[frontend] = 0
    }

    private mutating func scheduleArrival(after now: UInt64) {
        let mean = (1 + setting.costMax) / 2
        let perSecond = setting.ratePerSecond * setting.overload / mean
        let cost = 1 + uniform() * (setting.costMax - 1)
        let used = cost * (1 + setting.spread * Double(random.unitFloat()))
        let request = Request(
            frontend: random.below(setting.frontendCount), keys: [0] + token(), cost: cost,
            used: used,
            runNanoseconds: UInt64(uniform() * 0.05 * 1e9))
        queue.push(.arrive(request), at: now + UInt64(uniform() * 2 / perSecond * 1e9) + 1)
    }

    private func token() -> [Int] {
        setting.tokenCount > 0 ? [1 + random.below(setting.tokenCount)] : []
    }

    private mutating func scheduleCrash(after now: UInt64) {
        queue.push(
            .crash(random.below(setting.frontendCount)), at: now + UInt64(uniform() * 4e9) + 1)
    }

    private func delay() -> UInt64 { UInt64(random.below(setting.delayNanosecondsMax + 1)) }
    private func uniform() -> Double { (Double(random.unitFloat()) + 1) / 2 }

    /// A frontend's own clock, which began anywhere and runs a little wrong.
    private func local(_ now: UInt64, _ frontend: Int) -> UInt64 {
        UInt64(Double(now) * clockRates[frontend]) + UInt64(frontend + 1) * 1_000_000_000
    }
}
