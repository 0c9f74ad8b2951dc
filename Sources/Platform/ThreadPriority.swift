import CScheduling

/// How important the calling thread is to the system that divides the cores.
package enum ThreadPriority: Sendable {
    /// Gets a core as soon as it wakes, from all but event loops: for what somebody waits for that
    /// takes little.
    case prompt
    /// Yields to threads of ordinary priority, a tenth of whose share it has.
    case bulk
    /// Lets all others take what they need first.
    case background

    /// Gives the calling thread this priority. It can't be raised again. Where the system doesn't
    /// do that by thread nothing happens; asked again, it costs nothing.
    package func take() {
        switch self {
        case .prompt: tsched_set_slice(Self.promptSliceMicroseconds)
        case .bulk: tsched_lower(Self.bulkSteps)
        case .background: tsched_lower(Self.backgroundSteps)
        }
    }

    /// Between an event loop's and an ordinary thread's.
    private static let promptSliceMicroseconds: UInt32 = 250
    /// Steps below normal.
    private static let bulkSteps: Int32 = 10
    private static let backgroundSteps: Int32 = 19
}
