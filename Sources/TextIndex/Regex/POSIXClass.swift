/// The classes of ASCII: `[[:alpha:]]` and its like, and `\d`, `\s` and `\w` without Unicode.
enum POSIXClass {
    static let digit = ScalarSet([0x30...0x39])
    static let upper = ScalarSet([0x41...0x5A])
    static let lower = ScalarSet([0x61...0x7A])
    static let alpha = upper.union(lower)
    static let alnum = alpha.union(digit)
    static let word = alnum.union(ScalarSet([0x5F...0x5F]))
    static let space = ScalarSet([0x09...0x0D, 0x20...0x20])

    /// Nil for what is no name of one.
    static func named(_ name: String) -> ScalarSet? {
        switch name {
        case "alnum": alnum
        case "alpha": alpha
        case "ascii": .ascii
        case "blank": ScalarSet([0x09...0x09, 0x20...0x20])
        case "cntrl": ScalarSet([0x00...0x1F, 0x7F...0x7F])
        case "digit": digit
        case "graph": ScalarSet([0x21...0x7E])
        case "lower": lower
        case "print": ScalarSet([0x20...0x7E])
        case "punct": ScalarSet([0x21...0x7E]).subtracting(alnum)
        case "space": space
        case "upper": upper
        case "word": word
        case "xdigit": ScalarSet([0x30...0x39, 0x41...0x46, 0x61...0x66])
        default: nil
        }
    }
}
