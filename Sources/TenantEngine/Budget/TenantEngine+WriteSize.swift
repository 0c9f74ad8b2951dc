import ChromaModel

extension TenantEngine {
    /// What a proposal takes of memory; nil for changes of collections, which are small.
    func size(of proposal: Proposal) -> WriteSize? {
        switch proposal {
        case .writeRecords(let id, let database, _, let batch, let bytes):
            let dimension = withDirectory { $0.collection(id, in: database) }?.state.dimension
            return WriteSize(
                bytes: bytes.count + batch.memoryBytes(dimension: dimension ?? 0),
                growsTail: true)
        case .deleteRecords(_, _, _, let bytes):
            return WriteSize(bytes: bytes.count, growsTail: false)
        default: return nil
        }
    }
}

extension RecordBatch {
    /// About what its rows take of memory beside their bytes in the log. An update without
    /// embeddings copies those of the records it changes.
    fileprivate func memoryBytes(dimension: Int) -> Int {
        ids.count * (RowPayload.overheadBytes + (embeddings == nil ? dimension * 4 : 0))
    }
}
