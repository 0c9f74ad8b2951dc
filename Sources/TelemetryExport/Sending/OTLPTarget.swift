/// Where and how one signal is sent.
package struct OTLPTarget: Sendable, Equatable {
    package enum Transport: String, Sendable { case grpc, http = "http/protobuf" }

    /// With `http`, the whole URL; with `grpc`, scheme, host and port count.
    package let url: String
    package let transport: Transport
    /// Sent with each export; they may hold secrets.
    package let headers: [(name: String, value: String)]
    /// How long one try may take.
    package let timeoutMilliseconds: Int
    /// A PEM file of the issuers to trust; nil trusts those of the machine.
    package let issuersFile: String?

    package init(
        url: String, transport: Transport, headers: [(name: String, value: String)],
        timeoutMilliseconds: Int, issuersFile: String?
    ) {
        self.url = url
        self.transport = transport
        self.headers = headers
        self.timeoutMilliseconds = timeoutMilliseconds
        self.issuersFile = issuersFile
    }

    package static func == (left: Self, right: Self) -> Bool {
        left.url == right.url && left.transport == right.transport
            && left.headers.elementsEqual(right.headers, by: ==)
            && left.timeoutMilliseconds == right.timeoutMilliseconds
            && left.issuersFile == right.issuersFile
    }
}
