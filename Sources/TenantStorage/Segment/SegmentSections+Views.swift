import CKernels
import ChromaModel

/// What answers show of rows, in place.
///
/// Of each view the pages are read here, once, so that whoever writes the answer, maybe an event
/// loop, doesn't wait for the disk. `owner` is kept by the view, and must keep the segment.
extension SegmentSections {
    package func idText(_ row: Int, keptBy owner: AnyObject) -> TextView {
        ids.view(row, owner) ?? .string("")
    }

    package func documentText(_ row: Int, keptBy owner: AnyObject) -> TextView? {
        documents.view(row, owner)
    }

    package func uriText(_ row: Int, keptBy owner: AnyObject) -> TextView? {
        uris.view(row, owner)
    }

    package func metadataView(_ row: Int, keptBy owner: AnyObject) -> MetadataView? {
        guard let bytes = metadatas.bytes(row) else { return nil }
        tk_touch_pages(bytes.baseAddress, bytes.count)
        return .stored(PackedMetadata(owner: owner, bytes: bytes))
    }

    package func embeddingView(_ row: Int, keptBy owner: AnyObject) -> EmbeddingView {
        let start = embeddings + row * dimension
        tk_touch_pages(start, dimension * MemoryLayout<Float>.stride)
        return EmbeddingView(owner: owner, start: start, dimension: dimension)
    }
}

extension TextColumn {
    fileprivate func view(_ row: Int, _ owner: AnyObject) -> TextView? {
        guard let bytes = bytes(row) else { return nil }
        tk_touch_pages(bytes.baseAddress, bytes.count)
        return .stored(StoredText(owner: owner, bytes: bytes))
    }
}
