import CText

/// A literal text to look for, byte by byte: case-sensitive, no normalisation (protocol §4.2).
package struct SubstringPattern: Sendable {
    private let needle: [CChar]

    package init(_ text: String) { needle = text.utf8.map { CChar(bitPattern: $0) } }

    /// Whether the pattern occurs in the text. The empty pattern occurs in every text.
    package func occurs(in text: String) -> Bool {
        guard !needle.isEmpty else { return true }
        var copy = text
        return copy.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                ctext_contains($0.baseAddress, $0.count, needle, needle.count)
            }
        }
    }
}
