import ChromaModel

/// The type of an indexed metadata field. Numbers are never reused.
///
/// A key with values of several types in one collection is several fields.
enum IndexedType: UInt32, Sendable {
    case bool = 1
    case int = 2
    case float = 3
    case string = 4
    /// The elements of arrays.
    case bools = 17
    case ints = 18
    case floats = 19
    case strings = 20

    /// Words of a value in the index.
    var valueWords: Int {
        switch self {
        case .string, .strings: 2
        default: 1
        }
    }
}

/// Values as words that sort, unsigned, as the values do. Part of the file format.
enum IndexedWord {
    private static let signBit: UInt64 = 1 << 63

    static func word(_ bool: Bool) -> UInt64 { bool ? 1 : 0 }
    static func word(_ int: Int64) -> UInt64 { UInt64(bitPattern: int) ^ signBit }

    /// Both zeros are one value. Not for NaN, which equals nothing and is not indexed.
    static func word(_ float: Double) -> UInt64 {
        let bits = (float == 0 ? 0 : float).bitPattern
        return bits & signBit == 0 ? bits | signBit : ~bits
    }

    static func int(_ word: UInt64) -> Int64 { Int64(bitPattern: word ^ signBit) }

    static func float(_ word: UInt64) -> Double {
        Double(bitPattern: word & signBit != 0 ? word & ~signBit : ~word)
    }
}
