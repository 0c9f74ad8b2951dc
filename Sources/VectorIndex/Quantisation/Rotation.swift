import CKernels

/// A random rotation: spreads what a few dimensions hold over all of them, so that one step
/// size fits every element of a row.
struct Rotation: Sendable {
    let elements: Int
    private let signs: Block<Float>

    /// The same for the same seed, on every machine.
    init(elements: Int, seed: UInt64) {
        self.elements = elements
        var random = SplitMix(seed: seed)
        let count = elements * Int(tk_rotation_rounds)
        signs = Block(count)
        for index in 0..<count { signs[index] = random.next() >> 63 == 0 ? 1 : -1 }
    }

    func turn(_ values: UnsafeMutablePointer<Float>) {
        tk_rotate(values, elements, signs.start, InstructionSet.best.rawValue)
    }
}
