import ChromaModel
import CText

/// A compiled regular expression: Rust-like syntax, unanchored, linear time (RE2).
///
/// Time is linear in the text whatever the pattern; memory is bounded by `memoryBytesMax`.
package final class RegularExpression: @unchecked Sendable {
    // Safe to share: RE2 objects are immutable once compiled and search is thread-safe.
    private let compiled: OpaquePointer

    /// Bound on the compiled program and its search cache.
    package static let memoryBytesMax: Int64 = 8 << 20

    /// Longest pattern: of a much longer one RE2 complains on standard error, part by part,
    /// before it refuses it.
    package static let patternBytesMax = 64 << 10

    /// - Throws: `invalidArgument` with upstream's words (protocol §4.2) when the pattern is not
    ///   a regular expression, is too long, or needs more than `memoryBytesMax`.
    package init(_ pattern: String) throws(ServiceError) {
        guard pattern.utf8.count <= Self.patternBytesMax else {
            throw .invalid(
                "Regex syntax errror: regex parse error: pattern longer than"
                    + " \(Self.patternBytesMax) bytes")
        }
        var copy = pattern
        let regex = copy.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                cregex_compile($0.baseAddress, $0.count, Self.memoryBytesMax)
            }
        }
        guard let regex else {
            throw ServiceError(.resourceExhausted, "Out of memory for the regular expression")
        }
        if let error = cregex_error(regex) {
            let reason = String(cString: error)
            cregex_free(regex)
            throw .invalid("Regex syntax errror: regex parse error: \(reason)")
        }
        compiled = regex
    }

    deinit { cregex_free(compiled) }

    /// Whether the pattern matches anywhere in the text.
    package func matches(_ text: String) -> Bool {
        var copy = text
        return copy.withUTF8 { matches(UnsafeRawBufferPointer($0)) }
    }

    /// Whether the pattern matches anywhere in the UTF-8 text.
    package func matches(_ text: UnsafeRawBufferPointer) -> Bool {
        text.withMemoryRebound(to: CChar.self) {
            cregex_search(compiled, $0.baseAddress, $0.count)
        }
    }
}
