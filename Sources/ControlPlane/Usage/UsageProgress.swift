/// How far usage is booked: what can't change any more.
struct UsageProgress: Sendable {
    /// Unix time; hours before it are booked. 0 when none is.
    let foldedBefore: UInt64
    /// The number of the last booking that came late.
    let lastBooking: Int
}
