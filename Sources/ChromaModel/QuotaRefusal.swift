extension ServiceError {
    /// A request went over a quota. Clients know it by its first words (protocol §8.1).
    ///
    /// - Parameters:
    ///   - usage: what is limited, as upstream displays it.
    ///   - action: what was asked for, as upstream displays it.
    package static func quotaExceeded(
        _ usage: String, action: String, current: Int, limit: Int
    ) -> ServiceError {
        .unprocessable(
            "Quota exceeded: '\(usage)' exceeded quota limit for action '\(action)': "
                + "current usage of \(current) exceeds limit of \(limit)")
    }
}
