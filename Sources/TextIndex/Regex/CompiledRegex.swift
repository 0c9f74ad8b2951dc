import ChromaModel
import CText

/// One program of RE2.
final class CompiledRegex: @unchecked Sendable {
    // Safe to share: RE2 objects are immutable once compiled and search is thread-safe.
    private let compiled: OpaquePointer
    /// Its instructions, at least 1: what a byte of text costs at worst.
    let size: Int

    /// - Parameter expression: in RE2's syntax.
    init(_ expression: String) throws(ServiceError) {
        var copy = expression
        let regex = copy.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                cregex_compile($0.baseAddress, $0.count, RegularExpression.memoryBytesMax)
            }
        }
        guard let regex else {
            throw ServiceError(.resourceExhausted, "Out of memory for the regular expression")
        }
        if let error = cregex_error(regex) {
            let reason = String(cString: error)
            cregex_free(regex)
            throw .badRegex(reason)
        }
        compiled = regex
        size = max(1, Int(cregex_size(regex)))
    }

    deinit { cregex_free(compiled) }

    func matches(_ text: UnsafeRawBufferPointer) -> Bool {
        text.withMemoryRebound(to: CChar.self) {
            cregex_search(compiled, $0.baseAddress, $0.count)
        }
    }
}

extension ServiceError {
    /// In upstream's words (protocol §4.2), with its spelling.
    static func badRegex(_ reason: String) -> ServiceError {
        .invalid("Regex syntax errror: regex parse error: \(reason)")
    }
}
