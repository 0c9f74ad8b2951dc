/// Which traces are recorded (`OTEL_TRACES_SAMPLER`).
package struct Sampler: Sendable, Equatable {
    /// The names that the variable knows, and what they are.
    package static let names = [
        "always_on", "always_off", "traceidratio", "parentbased_always_on",
        "parentbased_always_off", "parentbased_traceidratio",
    ]

    /// Everything, unless a caller decided otherwise.
    package static let standard = Sampler(threshold: 1 << 63, followsParent: true)

    /// Traces whose lower half is below it, out of 2^63, are recorded.
    private let threshold: UInt64
    /// Whether a caller's decision is kept.
    private let followsParent: Bool

    private init(threshold: UInt64, followsParent: Bool) {
        self.threshold = threshold
        self.followsParent = followsParent
    }

    /// - Parameters:
    ///   - name: one of `names`; nil is returned for others.
    ///   - ratio: from 0 to 1; for the samplers that have one.
    package init?(_ name: String, ratio: Double) {
        followsParent = name.hasPrefix("parentbased_")
        switch name {
        case "always_on", "parentbased_always_on": threshold = 1 << 63
        case "always_off", "parentbased_always_off": threshold = 0
        case "traceidratio", "parentbased_traceidratio":
            threshold = UInt64((min(max(ratio, 0), 1) * 0x1p63).rounded())
        default: return nil
        }
    }

    /// - Parameter parent: what the caller decided; nil when there is none.
    func samples(traceLow: UInt64, parent: Bool?) -> Bool {
        if followsParent, let parent { return parent }
        return traceLow >> 1 < threshold
    }
}
