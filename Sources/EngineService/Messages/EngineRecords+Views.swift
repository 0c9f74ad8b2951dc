import ChromaModel
import FoundationEssentials
import TesseraRPC

extension EngineRecords {
    /// A column is left out when no record has a value in it.
    ///
    /// Throws `internalError` for embeddings of several dimensions.
    init(_ views: some Collection<RecordView>) throws(ServiceError) {
        self.init()
        ids = views.map(\.id.value)
        let embeddings = views.map(\.embedding)
        if hasValue(embeddings) { self.embeddings = try EngineEmbeddings(embeddings) }
        let documents = views.map(\.document)
        if hasValue(documents) { self.documents = EngineTexts(documents) }
        let uris = views.map(\.uri)
        if hasValue(uris) { self.uris = EngineTexts(uris) }
        let metadatas = views.map { $0.metadata.map(EngineMetadata.init) }
        if hasValue(metadatas) { self.metadatas = EngineMetadatas(metadatas) }
        let distances = views.map(\.distance)
        if hasValue(distances) { self.distances = EngineDistances(distances) }
    }

    /// Throws `internalError` when a column has not one entry a record.
    func views() throws(ServiceError) -> [RecordView] {
        let count = ids.count
        var views = ids.map { RecordView(id: RecordID($0)) }
        if hasDocuments { views.set(\.document, try documents.column(count: count)) }
        if hasUris { views.set(\.uri, try uris.column(count: count)) }
        if hasEmbeddings { views.set(\.embedding, try embeddings.views(count: count)) }
        if hasDistances { views.set(\.distance, try distances.column(count: count)) }
        guard hasMetadatas else { return views }
        for (index, message) in try metadatas.column(count: count).enumerated() {
            views[index].metadata = try message?.metadata()
        }
        return views
    }
}

extension [RecordView] {
    fileprivate mutating func set<Value>(
        _ member: WritableKeyPath<RecordView, Value?>, _ column: [Value?]
    ) {
        for index in indices { self[index][keyPath: member] = column[index] }
    }
}

/// Whether any record has a value in the column.
private func hasValue<Value>(_ column: [Value?]) -> Bool { column.contains { $0 != nil } }

extension EngineDistances {
    init(_ column: [Float?]) {
        self.init()
        values = column.compactMap { $0 }.withUnsafeBufferPointer { Data(buffer: $0) }
        present = Presence.bytes(of: column)
    }

    /// Throws `internalError` unless it has `count` entries.
    func column(count: Int) throws(ServiceError) -> [Float?] {
        let width = MemoryLayout<UInt32>.size
        guard values.count.isMultiple(of: width) else { throw .unreadable("distances") }
        let floats = values.withUnsafeBytes { bytes in
            stride(from: 0, to: bytes.count, by: width).map {
                Float(
                    bitPattern: UInt32(
                        littleEndian: bytes.loadUnaligned(fromByteOffset: $0, as: UInt32.self)))
            }
        }
        return try Presence.column(of: floats, present, count: count)
    }
}
