import ChromaModel

/// One thing that must be in order for a process to work, asked of what knows it at most once a
/// second, however many ask here.
package actor ReadinessProbe {
    /// How long an answer is good for.
    static let freshFor = Duration.seconds(1)
    /// What takes longer to find out is no.
    static let patience = Duration.seconds(2)

    /// nil for all is well, or why not, as far as that may be told anyone.
    package typealias Finding = String?

    /// Of the role that needs it: `control`, `frontend`, `engine`.
    package nonisolated let name: String
    private let check: @Sendable () async throws -> Void
    private var newest: (finding: Finding, asked: ContinuousClock.Instant)?
    /// The question that is on its way. There is one at a time: a database that hangs is not
    /// asked again and again.
    private var pending: Task<Finding, Never>?

    /// - Parameter check: returns when it is in order, throws why it isn't.
    package init(_ name: String, _ check: @escaping @Sendable () async throws -> Void) {
        self.name = name
        self.check = check
    }

    /// What was found, up to a second ago.
    package func finding() async -> Finding {
        if let newest, newest.asked.duration(to: .now) < Self.freshFor { return newest.finding }
        return await Self.answer(of: pending ?? ask())
    }

    private func ask() -> Task<Finding, Never> {
        let asked = ContinuousClock.now
        let question = Task {
            let finding = await find()
            newest = (finding, asked)
            pending = nil
            return finding
        }
        pending = question
        return question
    }

    private func find() async -> Finding {
        do {
            try await check()
            return nil
        } catch {
            return Self.reason(of: error)
        }
    }

    /// Only what is made to be read by callers.
    private static func reason(of error: any Error) -> String {
        (error as? ServiceError).flatMap { $0.code == .internalError ? nil : $0.message }
            ?? "it failed; the log says why."
    }

    /// Waits for the question no longer than its patience; a check can't be cancelled.
    private static func answer(of question: Task<Finding, Never>) async -> Finding {
        let (answers, answer) = AsyncStream.makeStream(of: Finding.self)
        let first = Task { answer.yield(await question.value) }
        let last = Task {
            try await Task.sleep(for: patience)
            answer.yield("it does not answer.")
        }
        defer {
            first.cancel()
            last.cancel()
        }
        return await answers.first { _ in true } ?? "the question was given up."
    }
}
