import ChromaModel

/// Whether a process can do its work, role by role, and why not.
package struct ReadinessChecks: Sendable {
    /// One thing that must be in order.
    package struct Check: Sendable {
        let name: String
        /// Returns when it is; throws why it isn't.
        let run: @Sendable () async throws -> Void

        package init(_ name: String, _ run: @escaping @Sendable () async throws -> Void) {
            self.name = name
            self.run = run
        }
    }

    private let checks: [Check]

    package init(_ checks: [Check]) { self.checks = checks }

    /// A line for each check that is in order. Throws `unavailable`, which says of each that isn't
    /// why, as far as that may be told anyone.
    func report() async throws(ServiceError) -> String {
        var lines = ["ok"]
        var reasons: [String] = []
        var cause: (any Error)?
        for check in checks {
            do {
                try await check.run()
                lines.append("\(check.name): ok")
            } catch {
                reasons.append("\(check.name): \(Self.reason(of: error))")
                cause = error
            }
        }
        guard reasons.isEmpty else {
            throw ServiceError(
                .unavailable, "Not ready: " + reasons.joined(separator: " "), cause: cause)
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Only what is made to be read by callers.
    private static func reason(of error: any Error) -> String {
        (error as? ServiceError).flatMap { $0.code == .internalError ? nil : $0.message }
            ?? "it failed; the log says why."
    }
}
