import Synchronization

/// A pattern's walk between two texts, so that what it has learned of one serves the next.
final class IdleWalk: Sendable {
    private let tree: RegexNode
    private let walk = Mutex<RegexWalk?>(nil)

    init(_ tree: RegexNode) { self.tree = tree }

    /// As `RegexWalk.matches`, from any thread.
    func matches(
        _ text: UnsafeRawBufferPointer, asking check: () throws -> Void
    ) rethrows -> Bool {
        var walk = take() ?? RegexWalk(tree)
        let isMatch = try walk.matches(text, asking: check)
        self.walk.withLock { $0 = walk }
        return isMatch
    }

    private func take() -> RegexWalk? {
        walk.withLock { walk in
            defer { walk = nil }
            return walk
        }
    }
}
