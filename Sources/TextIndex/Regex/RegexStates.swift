/// What a walk has met: sets of instructions that it followed at one place, and which set each
/// scalar makes of one. So a text that leads to few of them is walked by looking up (a lazy
/// automaton).
struct RegexStates {
    /// Bounds of the memory: some MiB.
    private static let statesMax = 4096
    private static let instructionsMax = 1 << 20
    private static let othersMax = 1 << 16

    /// What follows isn't known.
    static let unknown: Int32 = -1
    /// What follows is a match.
    static let matched: Int32 = -2

    /// What a text has led to at a place.
    struct Arrivals: Hashable, Sendable {
        /// Instructions to follow there, sorted.
        let arrived: [Int32]
        let before: PlaceBefore
    }

    /// What each state stands for.
    private(set) var sets: [Arrivals] = []
    private var states: [Arrivals: Int32] = [:]
    /// Of each state what follows by each scalar of ASCII.
    private var afterASCII: [Int32] = []
    /// By state and scalar.
    private var afterOthers: [UInt64: Int32] = [:]
    private var instructionCount = 0

    /// What follows a state by a byte of ASCII.
    @inline(__always)
    func next(_ state: Int32, ascii: UInt8) -> Int32 { afterASCII[Int(state) << 7 | Int(ascii)] }

    /// The same by any other scalar.
    func next(_ state: Int32, other: UInt32) -> Int32 {
        afterOthers[Self.key(state, other)] ?? Self.unknown
    }

    mutating func note(_ next: Int32, after state: Int32, _ scalar: UInt32) {
        if scalar < 128 {
            afterASCII[Int(state) << 7 | Int(scalar)] = next
        } else if afterOthers.count < Self.othersMax {
            afterOthers[Self.key(state, scalar)] = next
        }
    }

    /// The state of a set; nil when there is no room for another.
    mutating func state(of set: Arrivals) -> Int32? {
        if let known = states[set] { return known }
        guard sets.count < Self.statesMax,
            sets.isEmpty || instructionCount + set.arrived.count <= Self.instructionsMax
        else { return nil }
        let state = Int32(sets.count)
        states[set] = state
        sets.append(set)
        instructionCount += set.arrived.count
        afterASCII.append(contentsOf: repeatElement(Self.unknown, count: 128))
        return state
    }

    private static func key(_ state: Int32, _ scalar: UInt32) -> UInt64 {
        UInt64(UInt32(bitPattern: state)) << 32 | UInt64(scalar)
    }
}
