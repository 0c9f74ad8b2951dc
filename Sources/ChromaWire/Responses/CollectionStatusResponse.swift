import ChromaModel
import NIOCore

/// What is asked about a collection besides its data (protocol §1.7).
package enum CollectionStatusResponse {
    /// `{"count": n}`: the forks of its tree.
    package static func write(forkCount: Int, into buffer: inout ByteBuffer) {
        JSONWriter.append(to: &buffer) { writer in
            writer.raw("{\"count\":")
            writer.integer(forkCount)
            writer.raw("}")
        }
    }

    /// How much of what was written is indexed; a collection without writes is all indexed.
    package static func writeIndexing(of state: CollectionState, into buffer: inout ByteBuffer) {
        let total = state.written.operations
        let indexed = min(state.indexed.operations, total)
        JSONWriter.append(to: &buffer) { writer in
            writer.raw("{\"op_indexing_progress\":")
            writer.double(total == 0 ? 1 : Double(indexed) / Double(total))
            writer.raw(",\"num_unindexed_ops\":")
            writer.integer(total - indexed)
            writer.raw(",\"num_indexed_ops\":")
            writer.integer(indexed)
            writer.raw(",\"total_ops\":")
            writer.integer(total)
            writer.raw("}")
        }
    }
}
