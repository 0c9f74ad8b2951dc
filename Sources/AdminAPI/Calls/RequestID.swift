import ChromaModel
import Platform

/// Names one call in answers and logs.
struct RequestID: Sendable, Hashable, CustomStringConvertible {
    /// The header, and the gRPC metadata key, that carries it.
    static let header = "x-request-id"

    let uuid: UniqueID

    init(random: any RandomSource) { uuid = UniqueID(version4From: random.pair()) }

    var description: String { uuid.description }
}
