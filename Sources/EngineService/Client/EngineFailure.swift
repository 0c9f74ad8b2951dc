import ChromaModel
import GRPCCore

/// What a call that failed, rather than was refused, means to whoever made it.
enum EngineFailure {
    /// - Parameter isLost: whether a change may have been made that nobody knows of.
    static func translated(_ failure: RPCError, isLost: Bool) -> any Error {
        guard !Task.isCancelled else { return CancellationError() }
        return switch failure.code {
        case .unavailable, .cancelled, .aborted:
            ServiceError(.unavailable, isLost ? lostWords : awayWords, cause: failure)
        case .deadlineExceeded:
            ServiceError(.deadlineExceeded, "The engine took too long; try again.", cause: failure)
        case .permissionDenied, .unauthenticated:
            ServiceError(
                .internalError, "The engine takes no calls from this node: see its certificate.",
                cause: failure)
        default: ServiceError(.internalError, "The engine can't be called.", cause: failure)
        }
    }

    private static let awayWords = "The engine that keeps this data is out of reach; try again."
    private static let lostWords = """
        The engine went away before it answered: the change was made or it was not. \
        Repeat it if it may be made twice.
        """
}
