import ChromaModel

/// Whether a change is made to what its maker has seen (AIP-154).
enum Revision {
    /// - Parameter expected: the etag that came with the request; nil takes any.
    /// - Throws: `aborted` when the resource is another by now.
    static func check(_ expected: Int64?, _ actual: Int64) throws(ServiceError) {
        guard let expected, expected != actual else { return }
        throw conflict
    }

    static var conflict: ServiceError {
        ServiceError(
            .aborted, "It was changed since that etag was read; read it again and retry.")
    }
}
