import CText

/// A literal text to look for, byte by byte: case-sensitive, no normalisation (protocol §4.2).
package struct SubstringPattern: Sendable {
    private let needle: [CChar]

    /// What a text must hold to hold the pattern.
    package let trigrams: TrigramSet

    package init(_ text: String) {
        needle = text.utf8.map { CChar(bitPattern: $0) }
        trigrams = TrigramSet(Array(text.utf8))
    }

    /// Whether the pattern occurs in the text. The empty pattern occurs in every text.
    package func occurs(in text: String) -> Bool {
        var copy = text
        return copy.withUTF8 { occurs(in: UnsafeRawBufferPointer($0)) }
    }

    /// Whether the pattern occurs in the UTF-8 text.
    package func occurs(in text: UnsafeRawBufferPointer) -> Bool {
        guard !needle.isEmpty else { return true }
        return text.withMemoryRebound(to: CChar.self) {
            ctext_contains($0.baseAddress, $0.count, needle, needle.count)
        }
    }
}
