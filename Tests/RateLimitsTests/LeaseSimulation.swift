import RateLimits
import TestSupport

/// Frontends with clocks of their own, a keeper of buckets far away, requests and crashes, all
/// on one simulated time: the state machines are the real ones, only their I/O is events.
struct LeaseSimulation {
    /// What a run is made of; drawn at random.
    struct Setting {
        var ratePerSecond: Double
        var burst: Double
        var frontendCount: Int
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
    }

    struct Request {
        let frontend: Int
        let cost: Double
        let used: Double
        let runNanoseconds: UInt64
        var tries = 0
    }

    enum Event {
        case arrive(Request)
        case asked(Int, LeaseTable<Int>.Question, sent: UInt64, Request)
        case answered(Int, Int, LeaseAnswer, sent: UInt64, Request, incarnation: Int)
        case finished(Int, LeaseTable<Int>.Reservation, Request, incarnation: Int)
        case crash(Int)
    }

    let setting: Setting
    let random: SeededRandom
    let policy: RatePolicy
    private var queue = EventQueue<Event>()
    private var frontends: [LeaseTable<Int>]
    private var incarnations: [Int]
    private var clockRates: [Double]
    private var waiting: [[Request]]
    private var bucket: LeaseBucket
    private(set) var admitted = 0.0
    private(set) var requestsInFlightMax = 0
    private var inFlight: [Int]
    private var underestimate: [Double]
    private(set) var underestimateMax = 0.0
    /// Largest excess over the rate in any window that ends now; see `note`.
    private var excess = 0.0
    private(set) var excessMax = 0.0
    private var excessAt: UInt64 = 0
    private(set) var crashedUnderestimate = 0.0
    private(set) var questions = 0

    init?(_ setting: Setting, random: SeededRandom) {
        guard
            let policy = RatePolicy(ratePerSecond: setting.ratePerSecond, burst: setting.burst)
        else { return nil }
        self.setting = setting
        self.random = random
        self.policy = policy
        let count = setting.frontendCount
        frontends = Array(repeating: LeaseTable(), count: count)
        incarnations = Array(repeating: 0, count: count)
        waiting = Array(repeating: [], count: count)
        inFlight = Array(repeating: 0, count: count)
        underestimate = Array(repeating: 0, count: count)
        clockRates = (0..<count).map { _ in
            1 + setting.clockError * Double(random.unitFloat())
        }
        bucket = LeaseBucket(full: policy, nowNanoseconds: 0)
    }

    /// The bound of ARCHITECTURE.md, "Rate limits", less the part `R·w` that `excess` leaves out.
    var bound: Double {
        let leaseSeconds = 1.0
        let count = Double(setting.frontendCount)
        let held = policy.ratePerSecond * leaseSeconds * (1 + setting.clockError)
        let most = policy.burst / (4 * count)
        let each = max(most, setting.costMax)
            + Double(requestsInFlightMax + 1) * setting.costMax
        return policy.burst + min(held, count * (each + underestimateMax))
            + count * underestimateMax + crashedUnderestimate
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
        case .asked(let key, let question, let sent, let request):
            answer(key, question, sent, request, now)
        case .answered(let frontend, let key, let answer, let sent, let request, let incarnation):
            guard incarnation == incarnations[frontend] else { return }
            for _ in 0..<(setting.plantedFault == .answerTakenTwice ? 2 : 1) {
                frontends[frontend].take(
                    answer, for: key, sentNanoseconds: sent,
                    nowNanoseconds: local(now, frontend))
            }
            let others = waiting[frontend]
            waiting[frontend] = []
            for next in [request] + others { decide(next, now) }
        case .finished(let frontend, let reservation, let request, let incarnation):
            guard incarnation == incarnations[frontend] else { return }
            inFlight[frontend] -= 1
            let forgets = setting.plantedFault == .overuseForgotten
            let used = forgets ? min(request.used, request.cost) : request.used
            frontends[frontend].settle(
                reservation, nowNanoseconds: local(now, frontend)) { _ in used }
            underestimate[frontend] -= max(0, request.used - policy.admissionCost(request.cost))
            noteUnderestimate(frontend, now)
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
            bucket = LeaseBucket(full: policy, nowNanoseconds: now)
        }
        let need = LeaseTable<Int>.Need(key: 1, policy: policy, cost: request.cost)
        let decision = frontends[frontend].decide(
            [need], frontendCount: setting.frontendCount, nowNanoseconds: local(now, frontend))
        switch decision {
        case .admitted(let reservation):
            note(request.used, now)
            inFlight[frontend] += 1
            requestsInFlightMax = max(requestsInFlightMax, inFlight[frontend])
            underestimate[frontend] += max(0, request.used - policy.admissionCost(request.cost))
            noteUnderestimate(frontend, now)
            queue.push(
                .finished(frontend, reservation, request, incarnation: incarnations[frontend]),
                at: now + request.runNanoseconds)
        case .refused: break
        case .ask(let asked):
            for question in asked {
                questions += 1
                queue.push(
                    .asked(frontend, question, sent: local(now, frontend), request),
                    at: now + delay())
            }
        case .wait: waiting[frontend].append(request)
        }
    }

    private mutating func answer(
        _ frontend: Int, _ question: LeaseTable<Int>.Question, _ sent: UInt64, _ request: Request,
        _ now: UInt64
    ) {
        if setting.plantedFault == .bottomlessBucket {
            bucket = LeaseBucket(tokens: policy.burst, updatedNanoseconds: now)
        }
        let answer = bucket.grant(
            want: question.want, atLeast: question.atLeast, policy: policy, nowNanoseconds: now)
        queue.push(
            .answered(
                frontend, question.key, answer, sent: sent, request,
                incarnation: incarnations[frontend]),
            at: now + delay())
    }

    /// Leases are lost, and so is what was used beyond them.
    private mutating func crash(_ frontend: Int) {
        crashedUnderestimate += underestimate[frontend] + debt(frontend)
        frontends[frontend] = LeaseTable()
        incarnations[frontend] += 1
        waiting[frontend] = []
        inFlight[frontend] = 0
        underestimate[frontend] = 0
    }

    private func debt(_ frontend: Int) -> Double { frontends[frontend].debt(of: 1) }

    private mutating func noteUnderestimate(_ frontend: Int, _ now: UInt64) {
        underestimateMax = max(underestimateMax, underestimate[frontend] + debt(frontend))
    }

    /// The largest of "used in a window less the rate times its length", over all windows that
    /// end now, by Lindley's recursion.
    private mutating func note(_ used: Double, _ now: UInt64) {
        let idle = Double(now - excessAt) / 1e9 * policy.ratePerSecond
        excess = max(0, excess - idle) + used
        excessAt = now
        excessMax = max(excessMax, excess)
        admitted += used
    }

    private mutating func scheduleArrival(after now: UInt64) {
        let mean = (1 + setting.costMax) / 2
        let perSecond = setting.ratePerSecond * setting.overload / mean
        let cost = 1 + uniform() * (setting.costMax - 1)
        let used = cost * (1 + setting.spread * Double(random.unitFloat()))
        let request = Request(
            frontend: random.below(setting.frontendCount), cost: cost, used: used,
            runNanoseconds: UInt64(uniform() * 0.05 * 1e9))
        queue.push(.arrive(request), at: now + UInt64(uniform() * 2 / perSecond * 1e9) + 1)
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
