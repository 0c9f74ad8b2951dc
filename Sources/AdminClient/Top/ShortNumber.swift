/// Numbers as short as a column of a live view wants them.
enum ShortNumber {
    /// Beyond, a double has no tenths.
    private static let largest = 1e15

    /// With one digit behind the point.
    static func tenths(_ number: Double) -> String {
        let tenths = Int((min(max(number, 0), largest) * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }

    /// Bytes in the largest unit that leaves at least one of it.
    static func bytes(_ bytes: Double) -> String {
        guard bytes >= 1024 else { return "\(Int(max(bytes, 0))) B" }
        var number = bytes / 1024
        for unit in ["KiB", "MiB", "GiB"] {
            if number < 1024 { return "\(tenths(number)) \(unit)" }
            number /= 1024
        }
        return "\(tenths(number)) TiB"
    }
}
