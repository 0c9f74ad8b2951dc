import GRPCCore

extension ServerContext {
    /// The numeric address of the connection's other end; nil when it has none.
    ///
    /// gRPC describes it as `ipv4:10.0.0.1:50051` or `ipv6:[2001:db8::1]:50051`.
    package var peerAddress: String? {
        let words = remotePeer.split(separator: ":", maxSplits: 1)
        guard words.count == 2, ["ipv4", "ipv6"].contains(words[0]),
            let port = words[1].lastIndex(of: ":")
        else { return nil }
        return String(words[1][..<port].filter { $0 != "[" && $0 != "]" })
    }
}
