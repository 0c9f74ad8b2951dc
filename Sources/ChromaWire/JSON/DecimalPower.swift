/// Powers of ten that binary64 holds exactly, and a few of them as integers.
enum DecimalPower {
    static let exactMax = 22

    /// 10⁰ … 10²², never freed: the number reader looks them up without a bounds check.
    // Safe to share: written once, before anyone sees the pointer.
    nonisolated(unsafe) static let table: UnsafePointer<Double> = {
        let powers = UnsafeMutablePointer<Double>.allocate(capacity: exactMax + 1)
        var power = 1.0
        for index in 0...exactMax {
            powers[index] = power
            power *= 10
        }
        return UnsafePointer(powers)
    }()

    /// 10⁰ … 10⁸, likewise: what comes before as many digits is multiplied with them.
    nonisolated(unsafe) static let words: UnsafePointer<UInt64> = {
        let powers = UnsafeMutablePointer<UInt64>.allocate(capacity: 9)
        for index in 0...8 { powers[index] = UInt64(table[index]) }
        return UnsafePointer(powers)
    }()
}
