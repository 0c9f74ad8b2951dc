import ChromaModel

/// A record view that can be compared and printed, bit by bit.
struct RecordText: Equatable, CustomStringConvertible {
    let id: [UInt8]
    let document: [UInt8]?
    let uri: [UInt8]?
    let metadata: Metadata?
    let embedding: [UInt32]?
    let distance: Float?

    init(_ view: RecordView) {
        id = Array(view.id.value.utf8)
        document = view.document.map { Array($0.utf8) }
        uri = view.uri.map { Array($0.utf8) }
        metadata = view.metadata
        embedding = view.embedding?.withValues { $0.map(\.bitPattern) }
        distance = view.distance
    }

    var floats: [Float]? { embedding?.map { Float(bitPattern: $0) } }
    var documentText: String? { document.map { String(decoding: $0, as: UTF8.self) } }
    var uriText: String? { uri.map { String(decoding: $0, as: UTF8.self) } }

    var description: String {
        "\(String(decoding: id, as: UTF8.self)) \(floats.map { "\($0)" } ?? "-")"
            + " \(documentText ?? "-") \(uriText ?? "-")"
            + " \(metadata.map { "\($0.entries.map { "\($0.key)=\($0.value)" })" } ?? "-")"
            + " \(distance.map { "\($0)" } ?? "")"
    }
}
