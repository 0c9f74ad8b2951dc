import ChromaModel
import CText

/// The literals that a text must hold for a regular expression to match it, as RE2 finds them.
package final class RegexLiterals: @unchecked Sendable {
    // Safe to share: the filter is immutable once made.
    private let filter: OpaquePointer
    /// Trigrams of each literal; an empty set says nothing about its literal.
    package let atoms: [TrigramSet]

    /// Patterns with more literals are not looked up.
    static let atomsMax = 64
    /// Shorter literals have no trigram.
    private static let atomBytesMin: Int32 = 3

    /// Nil when matching texts need no literal that an index could find.
    package init?(_ regex: RegularExpression) {
        var copy = regex.literals
        let filter = copy.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                cregex_filter_make(
                    $0.baseAddress, $0.count, RegularExpression.memoryBytesMax, Self.atomBytesMin)
            }
        }
        guard let filter else { return nil }
        self.filter = filter
        atoms = (0..<min(cregex_filter_atom_count(filter), Self.atomsMax + 1)).map { index in
            var count = 0
            let bytes = cregex_filter_atom(filter, index, &count)
            return TrigramSet(
                asciiOf: [UInt8](UnsafeRawBufferPointer(start: bytes, count: count)))
        }
        let unknown = atoms.indices.filter { atoms[$0].values.isEmpty }
        if atoms.count > Self.atomsMax || passes(unknown) { return nil }
    }

    deinit { cregex_filter_free(filter) }

    /// The rows that may match.
    ///
    /// - Parameter occurrences: for each of `atoms` the rows that may hold it; of atoms with an
    ///   empty set it isn't looked at.
    package func candidates(_ occurrences: [RowBitmap]) -> RowBitmap {
        let unknown = atoms.indices.filter { atoms[$0].values.isEmpty }
        let known = atoms.indices.filter { !atoms[$0].values.isEmpty }
        var candidates = RowBitmap(rowCount: occurrences.first?.rowCount ?? 0)
        for atom in known { candidates.formUnion(occurrences[atom]) }
        // Rows hold few different sets of atoms: each set is put to RE2 once.
        var answers: [UInt64: Bool] = [:]
        var passing = candidates
        candidates.forEach { row in
            var held: UInt64 = 0
            for atom in known where occurrences[atom].contains(row) { held |= 1 << UInt64(atom) }
            let answer = answers[held] ?? passes(unknown + known.filter { held >> $0 & 1 == 1 })
            answers[held] = answer
            if !answer { passing.remove(row) }
        }
        return passing
    }

    /// Whether a text that holds just these atoms may match.
    private func passes(_ held: [Int]) -> Bool {
        let held = held.map { Int32($0) }
        return cregex_filter_passes(filter, held, held.count)
    }
}
