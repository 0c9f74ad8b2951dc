/// Whether a server can do its work, asked of what knows it at most once a second, however many
/// ask here.
package actor Readiness {
    /// How long an answer is good for.
    static let freshFor = Duration.seconds(1)
    /// What takes longer to find out is no.
    static let patience = Duration.seconds(2)

    private let check: @Sendable () async throws -> Void
    private var newest: (isReady: Bool, asked: ContinuousClock.Instant)?
    /// The question that is on its way. There is one at a time: a database that hangs is not
    /// asked again and again.
    private var pending: Task<Bool, Never>?

    /// - Parameter check: returns when the work can be done, throws when it can't.
    package init(_ check: @escaping @Sendable () async throws -> Void) { self.check = check }

    /// Of a server that can work as long as its process does.
    package static let always = Readiness {}

    /// The answer, up to a second old.
    package func isReady() async -> Bool {
        if let newest, newest.asked.duration(to: .now) < Self.freshFor { return newest.isReady }
        return await Self.answer(of: pending ?? ask())
    }

    private func ask() -> Task<Bool, Never> {
        let asked = ContinuousClock.now
        let question = Task {
            let isReady = await finds()
            newest = (isReady, asked)
            pending = nil
            return isReady
        }
        pending = question
        return question
    }

    private func finds() async -> Bool {
        do {
            try await check()
            return true
        } catch {
            return false
        }
    }

    /// Waits for the question no longer than its patience; a check can't be cancelled.
    private static func answer(of question: Task<Bool, Never>) async -> Bool {
        let (answers, answer) = AsyncStream.makeStream(of: Bool.self)
        let first = Task { answer.yield(await question.value) }
        let last = Task {
            try await Task.sleep(for: patience)
            answer.yield(false)
        }
        defer {
            first.cancel()
            last.cancel()
        }
        return await answers.first { _ in true } ?? false
    }
}
