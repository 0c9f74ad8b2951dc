import ChromaModel
import FoundationEssentials

/// JSON whose bytes depend on the value alone: keys sorted, no spaces, slashes plain.
package enum SortedJSON {
    /// Throws `internalError`, as for a value that has no JSON.
    package static func bytes(_ value: some Encodable) throws(ServiceError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return Array(try encoder.encode(value))
        } catch {
            throw ServiceError(.internalError, "It can't be written as JSON.", cause: error)
        }
    }
}
