import Platform

/// Which traces are recorded (`OTEL_TRACES_SAMPLER`).
package struct Sampler: Sendable {
    /// The names that the variable knows: OpenTelemetry's, and one of ours.
    package static let names = [
        "always_on", "always_off", "traceidratio", "parentbased_always_on",
        "parentbased_always_off", "parentbased_traceidratio", standardName,
    ]

    /// So many traces a second, and whatever a caller has decided to record: a quiet server shows
    /// every request, and a busy one loses little to it.
    package static let standardName = "parentbased_ratelimited"
    package static let standardPerSecond = 100.0

    /// What begins here, of which nobody has decided.
    private enum Choice: Sendable {
        /// Traces whose lower half is below it, out of 2^63.
        case below(UInt64)
        case within(TraceBudget)
    }

    private let choice: Choice
    /// Whether a caller's decision is kept.
    private let followsParent: Bool

    /// - Parameters:
    ///   - name: one of `names`; nil is returned for others.
    ///   - argument: of a ratio from 0 to 1, all unless given; of the standard one traces a
    ///     second. The others have none.
    package init?(_ name: String, argument: Double? = nil) {
        followsParent = name.hasPrefix("parentbased_")
        switch name {
        case "always_on", "parentbased_always_on": choice = .below(1 << 63)
        case "always_off", "parentbased_always_off": choice = .below(0)
        case "traceidratio", "parentbased_traceidratio":
            choice = .below(UInt64((min(max(argument ?? 1, 0), 1) * 0x1p63).rounded()))
        case Self.standardName:
            let perSecond = argument ?? Self.standardPerSecond
            choice = perSecond > 0 ? .within(TraceBudget(perSecond: perSecond)) : .below(0)
        default: return nil
        }
    }

    /// - Parameter parent: what the caller decided; nil when there is none.
    func samples(
        traceLow: UInt64, parent: Bool?,
        at now: @autoclosure () -> UInt64 = SystemTimeSource().monotonicNanoseconds()
    ) -> Bool {
        if followsParent, let parent { return parent }
        switch choice {
        case .below(let threshold): return traceLow >> 1 < threshold
        case .within(let budget): return budget.takes(at: now())
        }
    }
}
