import ChromaModel

extension ServiceError {
    /// The other process sent what this version has no meaning for.
    static func unreadable(_ what: String) -> ServiceError {
        ServiceError(
            .internalError,
            "Another process of the installation sent \(what) that can't be read here; "
                + "run one version everywhere.")
    }
}
