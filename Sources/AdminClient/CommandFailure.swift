import GRPCCore

/// Why a command failed, in one line for the person who typed it.
package struct CommandFailure: Error, CustomStringConvertible {
    package let description: String

    init(_ error: RPCError, _ target: AdminTarget) {
        description = TextTable.printable(Self.words(error, target))
    }

    /// - Parameter description: what happened and what to do.
    init(_ description: String) { self.description = description }

    private static func words(_ error: RPCError, _ target: AdminTarget) -> String {
        switch error.code {
        case .unavailable:
            "No admin API answers at \(target.url): start `tessera serve`, or pass --endpoint. "
                + "(\(error.message))"
        case .unauthenticated:
            "The token was refused: pass a live admin token with --token. (\(error.message))"
        case .permissionDenied:
            "\(error.message) Use an operator's token, or an admin's of that tenant."
        case .deadlineExceeded:
            "\(target.url) didn't answer in \(AdminConnection.callSeconds) seconds; try again."
        default:
            error.message
        }
    }
}
