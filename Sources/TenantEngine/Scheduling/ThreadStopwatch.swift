import Telemetry

/// Processor time of the calling thread since it was made. The clock is a system call, so it is
/// read once on each side, whoever wants to know.
struct ThreadStopwatch {
    private let began = ThreadCPU.nanoseconds()
    private var nanoseconds: Int?

    /// The time until the first stop.
    mutating func stop() -> Int {
        let spent = nanoseconds ?? ThreadCPU.nanoseconds() - began
        nanoseconds = spent
        return spent
    }
}
