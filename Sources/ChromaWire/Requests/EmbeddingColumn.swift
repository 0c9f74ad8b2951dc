import ChromaModel

/// The embeddings of a request as parsed, with what is wrong with them.
///
/// Rows go straight into one buffer. Faults are noted and raised later, in upstream's order.
package struct EmbeddingColumn {
    /// Nil when rows have different lengths.
    var matrix: EmbeddingMatrix?
    var rowCount = 0
    var hasEmptyRow = false
    /// Whether a number of an array is too large for binary32.
    var hasNonFinite = false
    /// The first base64 text that is no embedding.
    var encodingFault: ServiceError?

    static let inconsistentDimensions = ServiceError.invalid(
        "Inconsistent dimensions in provided embeddings")

    /// Notes broken rules of a write (protocol §1.6.1).
    func report(to report: inout ValidationReport) {
        if hasEmptyRow {
            report.add("embeddings", "Each embedding must have at least 1 dimension")
        } else if hasNonFinite {
            report.add("embeddings", "Embeddings must not contain NaN or Infinity values")
        }
    }
}
