import Platform

/// A random source that isn't: for golden texts.
struct FixedRandom: RandomSource {
    func next() -> UInt64 { 7 }
}
