import ChromaModel
import GRPCCore
import ServiceLifecycle
import TesseraRPC
import TransportSecurity

/// The connection to the control plane that look-ups and changes go through.
package struct ControlLink: Service {
    /// How long a call may take: a change that takes something away waits for every frontend, up
    /// to the length of an authority.
    private static let callSeconds = 10
    /// The most bytes one answer may have: all databases of a tenant, say.
    private static let responseBytesMax = 64 << 20

    typealias Client = EdgeEdgeService.Client<NodeChannel.Transport>

    typealias UsageClient = EdgeUsageService.Client<NodeChannel.Transport>

    let client: Client
    private let usageClient: UsageClient
    private let channel: NodeChannel

    package init(to address: NodeAddress, certificate: NodeCertificate) throws {
        channel = try NodeChannel(
            to: address, role: .control, certificate: certificate,
            callSeconds: Self.callSeconds, responseBytesMax: Self.responseBytesMax)
        client = Client(wrapping: channel.client)
        usageClient = UsageClient(wrapping: channel.client)
    }

    package func run() async throws { try await channel.run() }

    /// Calls, and turns what went wrong into a `ServiceError`: the other side's own, or
    /// `unavailable` when it can't be reached.
    func call<Output: Sendable>(
        _ body: @Sendable (Client) async throws -> Output
    ) async throws -> Output {
        try await Self.translatingErrors { try await body(client) }
    }

    /// The same for reports of usage.
    func callUsage<Output: Sendable>(
        _ body: @Sendable (UsageClient) async throws -> Output
    ) async throws -> Output {
        try await Self.translatingErrors { try await body(usageClient) }
    }

    private static func translatingErrors<Output: Sendable>(
        _ body: @Sendable () async throws -> Output
    ) async throws -> Output {
        do {
            return try await body()
        } catch let error as RPCError {
            throw error.serviceError ?? unreachable(error)
        }
    }

    static func unreachable(_ error: any Error) -> ServiceError {
        ServiceError(
            .unavailable, "The control plane cannot be reached; try again shortly.", cause: error)
    }
}
