/// Powers of ten that binary64 holds exactly.
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
}
