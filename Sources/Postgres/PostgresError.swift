import ChromaModel

/// What PostgreSQL, or libpq on its way there, said was wrong.
package struct PostgresError: Error, Sendable, CustomStringConvertible {
    /// Five characters, as in the manual's appendix A.
    package let sqlState: String
    package let message: String
    /// May quote stored values, so it is for tests and never for logs.
    package let detail: String?

    package init(sqlState: String, message: String, detail: String? = nil) {
        self.sqlState = sqlState
        self.message = message
        self.detail = detail
    }

    package var description: String { "PostgreSQL \(sqlState): \(message)" }
}

extension PostgresError {
    package var isUniqueViolation: Bool { sqlState == "23505" }

    /// Whether running the whole transaction again may succeed.
    package var isRetryable: Bool { sqlState == "40001" || sqlState == "40P01" }

    /// The server cannot be reached, is starting, stopping or full.
    package var isUnavailable: Bool {
        sqlState.hasPrefix("08") || sqlState.hasPrefix("57P0") || sqlState == "53300"
    }

    static func connection(_ message: String) -> PostgresError {
        PostgresError(sqlState: "08006", message: message)
    }

    /// The error as the rest of the server knows it.
    package var serviceError: ServiceError {
        switch true {
        case isUnavailable:
            ServiceError(
                .unavailable, "The control database cannot be reached; try again shortly.",
                cause: self)
        case isUniqueViolation:
            ServiceError(.alreadyExists, "The resource already exists.", cause: self)
        case isRetryable:
            ServiceError(
                .aborted, "A concurrent change won; read again and retry.", cause: self)
        case sqlState == "22021":
            ServiceError(
                .invalidArgument, "Text must not contain the character U+0000.",
                cause: self)
        case sqlState == "57014" || sqlState == "55P03":
            ServiceError(
                .deadlineExceeded, "The control database took too long; try again shortly.",
                cause: self)
        default:
            ServiceError(.internalError, "The control database refused a statement.", cause: self)
        }
    }
}
