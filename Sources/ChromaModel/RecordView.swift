/// One record of an answer. Members not asked for are nil.
///
/// Texts and metadata are views, so that an answer can be written straight from where they are
/// stored; `id`, `document`, `uri` and `metadata` are made of them when somebody wants values.
package struct RecordView: Sendable {
    package let idText: TextView
    package var documentText: TextView?
    package var uriText: TextView?
    package var metadataView: MetadataView?
    package var embedding: EmbeddingView?
    package var distance: Float?

    package init(idText: TextView, distance: Float? = nil) {
        self.idText = idText
        self.distance = distance
    }

    package init(
        id: RecordID, document: String? = nil, uri: String? = nil, metadata: Metadata? = nil,
        embedding: EmbeddingView? = nil, distance: Float? = nil
    ) {
        self.init(idText: .string(id.value), distance: distance)
        self.document = document
        self.uri = uri
        self.metadata = metadata
        self.embedding = embedding
    }

    package var id: RecordID { RecordID(idText.string) }

    package var document: String? {
        get { documentText?.string }
        set { documentText = newValue.map { .string($0) } }
    }

    package var uri: String? {
        get { uriText?.string }
        set { uriText = newValue.map { .string($0) } }
    }

    /// Nil, too, when the stored bytes can't be read any more.
    package var metadata: Metadata? {
        get { metadataView?.metadata }
        set { metadataView = newValue.map { .map($0) } }
    }
}
