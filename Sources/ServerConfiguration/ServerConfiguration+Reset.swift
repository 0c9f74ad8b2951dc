import ChromaModel

extension ServerConfiguration {
    /// Conformance mode erases data on request, so it is kept to this machine.
    func refuseUnsafeReset() throws {
        guard allowReset else { return }
        let listeners = [
            (ConfigurationKey.httpHost, http.host), (.grpcHost, grpc.host),
            (.adminHost, admin.host), (.edgeHost, edge.host),
        ]
        for (key, host) in listeners where !Self.isLoopback(host) {
            throw ServiceError.invalid(
                """
                allow_reset is only for a server that nobody else can reach: \
                set \(key.name) to 127.0.0.1 (it is "\(host)"), or allow_reset to false.
                """)
        }
    }

    /// Whether only this machine reaches a listener on that address. Names other than
    /// `localhost` don't count: what they mean can change.
    package static func isLoopback(_ host: String) -> Bool {
        if host == "localhost" || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
