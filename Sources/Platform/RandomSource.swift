/// Where random bits come from. Tests put a seeded generator here.
package protocol RandomSource: Sendable {
    func next() -> UInt64
}

extension RandomSource {
    /// Two independent words, as `UniqueID` wants them.
    package func pair() -> (UInt64, UInt64) { (next(), next()) }

    /// `count` random bytes.
    package func bytes(_ count: Int) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(count + 7)
        while result.count < count {
            withUnsafeBytes(of: next()) { result.append(contentsOf: $0) }
        }
        result.removeLast(result.count - count)
        return result
    }
}

/// The kernel's cryptographically secure generator.
package struct SystemRandomSource: RandomSource {
    package init() {}

    package func next() -> UInt64 {
        var generator = SystemRandomNumberGenerator()
        return generator.next()
    }
}
