/// How connections between processes are tuned: for messages of many megabytes, and for answers
/// within the same millisecond. What is written is flushed at once, not gathered for 100 µs,
/// which would be most of a hop.
enum NodeTraffic {
    /// Bytes that one side may send before the other has read them, of a connection and of a
    /// stream: a write of 40 MiB then waits for three round trips.
    static let windowBytes = 16 << 20
    /// Most bytes of one frame.
    static let frameBytesMax = 1 << 18
}
