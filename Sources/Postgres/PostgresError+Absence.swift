extension PostgresError {
    /// What libpq says of a host where no server runs, or none that takes commands yet or still.
    private static let absences = [
        "Connection refused", "No such file or directory",
        "the database system is starting up", "the database system is shutting down",
        "the database system is in recovery mode",
    ]

    /// Whether a connection failed because there is no server that could commit anything: every
    /// host that was tried says so itself. A time-out, a broken session or a refusal of this
    /// client alone proves nothing of the kind.
    package var provesAbsence: Bool {
        let attempts = message.split(
            separator: "connection to server", omittingEmptySubsequences: false
        ).dropFirst()
        guard sqlState == Self.connection("").sqlState, !attempts.isEmpty else { return false }
        return attempts.allSatisfy { attempt in
            Self.absences.contains { attempt.contains($0) }
        }
    }
}
