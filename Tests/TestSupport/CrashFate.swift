/// Decides, from a seed, what a power cut does to each change that was not synced.
struct CrashFate {
    enum Fate {
        case kept, dropped
        case torn(sectorBytes: Int)
    }

    private let random: SeededRandom
    /// How many of 8 changes are kept whole; 0 drops all, 8 keeps all.
    private let keptOfEight: Int

    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
        keptOfEight = random.below(9)
    }

    mutating func ofChange() -> Fate {
        if keptOfEight == 0 { return .dropped }
        if random.below(8) < keptOfEight { return .kept }
        switch random.below(4) {
        case 0: return .torn(sectorBytes: 512)
        case 1: return .torn(sectorBytes: 4096)
        default: return .dropped
        }
    }

    /// A directory's change is there or it isn't.
    mutating func keepsEntry() -> Bool { random.below(8) < keptOfEight }

    mutating func coin() -> Bool { random.next() & 1 == 0 }
}
