/// Learns when tokens are used. It is told on every request, so it must not wait for anything.
package protocol TokenUses: Sendable {
    /// - Parameter now: Unix time in milliseconds.
    func note(_ keyID: TokenKeyID, atMilliseconds now: UInt64)
}
