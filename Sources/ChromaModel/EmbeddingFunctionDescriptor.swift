/// How a client makes embeddings; kept and given back, never run here (protocol §3.8, §5.1).
package enum EmbeddingFunctionDescriptor: Hashable, Sendable {
    /// Made by a client that didn't say which.
    case legacy
    /// - Parameter configurationJSON: the `config` member as the client wrote it.
    case known(name: String, configurationJSON: String)
    case unknown

    /// Whether it says no more than no descriptor does (protocol §5.3).
    package var isDefault: Bool {
        switch self {
        case .legacy: false
        case .known(let name, _): name.isByteEqual(to: "default")
        case .unknown: true
        }
    }
}
