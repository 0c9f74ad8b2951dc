/// What may end a search before it is done; searches ask it every few hundred rows.
package protocol StopSignal: Sendable {
    /// Whether to end at once, with whatever answer. Once set it stays set.
    var isSet: Bool { get }
}
