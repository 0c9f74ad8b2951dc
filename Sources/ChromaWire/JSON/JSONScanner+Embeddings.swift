import ChromaModel

extension JSONScanner {
    /// The forms in which embeddings come (protocol §2.3).
    enum EmbeddingForms {
        /// Arrays or base64, no nulls: add, upsert.
        case write
        /// Arrays or base64, nulls for rows to leave alone: update.
        case update
        /// Arrays: query.
        case query
    }

    /// Reads a list of embeddings into one matrix.
    mutating func embeddings(_ forms: EmbeddingForms) throws(JSONFailure) -> EmbeddingColumn {
        switch forms {
        case .query: return try embeddingRows(forms)
        case .write:
            return try untagged("EmbeddingsPayload") { (scanner) throws(JSONFailure) in
                try scanner.embeddingRows(forms)
            }
        case .update:
            return try untagged("UpdateEmbeddingsPayload") { (scanner) throws(JSONFailure) in
                try scanner.embeddingRows(forms)
            }
        }
    }

    private mutating func embeddingRows(
        _ forms: EmbeddingForms
    ) throws(JSONFailure) -> EmbeddingColumn {
        var builder = EmbeddingMatrix.Builder()
        var decoder = Base64Rows()
        var column = EmbeddingColumn()
        var form: UInt8?
        var index = try beginArray()
        while try nextElement(&index) {
            do throws(JSONFailure) {
                let first = try valueByte()
                if forms == .update, first == .ascii("n"), try takeNull() {
                    builder.appendAbsentRow()
                    continue
                }
                guard first == ASCII.openBracket || (first == ASCII.quote && forms != .query),
                    form == nil || form == first
                else { throw mismatch("a sequence") }
                form = first
                if first == ASCII.quote {
                    try decoder.row(&self, into: &builder)
                } else {
                    try floatRow(into: &builder, &column.hasNonFinite)
                }
            } catch {
                throw error.inside(.element(index))
            }
        }
        column.encodingFault = decoder.fault
        column.rowCount = builder.rowCount
        column.hasEmptyRow = builder.hasEmptyRow
        if builder.inconsistentRow == nil { column.matrix = builder.finish() }
        return column
    }

    /// Reads an array of numbers as one row: the server's hottest loop.
    private mutating func floatRow(
        into builder: inout EmbeddingMatrix.Builder, _ hasNonFinite: inout Bool
    ) throws(JSONFailure) {
        var index = try beginArray()
        while try nextElement(&index) {
            if let value = plainFloat() {
                builder.append(value)
                continue
            }
            do throws(JSONFailure) {
                let value = try float()
                if !value.isFinite { hasNonFinite = true }
                builder.append(value)
            } catch {
                throw error.inside(.element(index))
            }
        }
        builder.endRow()
    }
}
