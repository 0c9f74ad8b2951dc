import ChromaModel

/// A compiled regular expression in the syntax of Rust's `regex`, unanchored, linear time (RE2).
///
/// Time is linear in the text whatever the pattern; memory is bounded by `memoryBytesMax`. What
/// Rust has and RE2 has not is translated (`RegexTranslation`) or refused, never read otherwise.
package struct RegularExpression: Sendable {
    private let plain: CompiledRegex
    /// For texts that hold more than ASCII, if the pattern asks where words end.
    private let marked: CompiledRegex?
    /// What a matching text holds, in RE2's syntax.
    let literals: String
    /// For texts that RE2 may take too long for.
    private let walk: IdleWalk

    /// Bound on each compiled program and its search cache.
    package static let memoryBytesMax: Int64 = 8 << 20

    /// Longest pattern.
    package static let patternBytesMax = 64 << 10

    /// Instructions times bytes of text that are put to RE2, which can't be interrupted: at 30 ns,
    /// its worst, a second's worth.
    static let stepsMax = 1 << 25

    /// - Throws: `invalidArgument` with upstream's words (protocol §4.2) when the pattern is not
    ///   a regular expression, is too long, or needs more than `memoryBytesMax`.
    package init(_ pattern: String) throws(ServiceError) {
        guard pattern.utf8.count <= Self.patternBytesMax else {
            throw .badRegex("pattern longer than \(Self.patternBytesMax) bytes")
        }
        let translation: RegexTranslation
        do { translation = try RegexTranslation(pattern) } catch { throw .badRegex(error.reason) }
        plain = try CompiledRegex(translation.plain)
        marked = try translation.marked.map { expression throws(ServiceError) in
            try CompiledRegex(expression)
        }
        literals = translation.literals
        walk = IdleWalk(translation.tree)
    }

    /// Whether the pattern matches anywhere in the text.
    package func matches(_ text: String) -> Bool {
        var copy = text
        return copy.withUTF8 { matches(UnsafeRawBufferPointer($0), asking: {}) }
    }

    /// Whether the pattern matches anywhere in the UTF-8 text.
    ///
    /// - Parameter check: throws to break off; asked now and then where it may take long.
    package func matches(
        _ text: UnsafeRawBufferPointer, asking check: () throws -> Void
    ) rethrows -> Bool {
        let marked = marked.flatMap { MarkedText.isNeeded(for: text) ? $0 : nil }
        let program = marked ?? plain
        guard text.count <= Self.stepsMax / program.size else {
            return try walk.matches(text, asking: check)
        }
        guard let marked else { return plain.matches(text) }
        return MarkedText.mark(text).withUnsafeBytes { marked.matches($0) }
    }
}
