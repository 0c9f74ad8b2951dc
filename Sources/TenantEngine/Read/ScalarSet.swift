import ChromaModel

/// The operands of `$in`, hashed by type.
struct ScalarSet: Sendable {
    private struct Text: ByteText {
        let value: String
    }

    private var texts: Set<Text> = []
    private var bools: Set<Bool> = []
    private var ints: Set<Int64> = []
    private var floats: Set<Double> = []

    init(_ scalars: [FilterScalar]) {
        for scalar in scalars {
            switch scalar {
            case .string(let text): texts.insert(Text(value: text))
            case .bool(let bool): bools.insert(bool)
            case .number(let number): insert(number)
            }
        }
    }

    func contains(_ value: MetadataValue) -> Bool {
        switch value {
        case .string(let text): texts.contains(Text(value: text))
        case .bool(let bool): bools.contains(bool)
        case .int(let int): ints.contains(int)
        case .float(let float):
            floats.contains(float) || Int64(exactly: float).map(ints.contains) ?? false
        default: false
        }
    }

    /// A whole float is kept as the int it equals, so that both spellings meet.
    private mutating func insert(_ number: FilterNumber) {
        switch number {
        case .int(let int): ints.insert(int)
        case .float(let float):
            if let int = Int64(exactly: float) { ints.insert(int) } else { floats.insert(float) }
        }
    }
}
