import GRPCCore
import GRPCNIOTransportHTTP2
import TesseraRPC

/// The services of an admin API, over one connection.
package struct AdminConnection: Sendable {
    package typealias Transport = HTTP2ClientTransport.Posix

    /// How long one call may take.
    package static let callSeconds = 30

    package let tenants: AdminTenantService.Client<Transport>
    package let databases: AdminDatabaseService.Client<Transport>
    package let tokens: AdminTokenService.Client<Transport>

    private init(_ client: GRPCClient<Transport>) {
        tenants = AdminTenantService.Client(wrapping: client)
        databases = AdminDatabaseService.Client(wrapping: client)
        tokens = AdminTokenService.Client(wrapping: client)
    }

    /// Connects, runs `work` and hangs up.
    ///
    /// - Throws: `CommandFailure`, one line that says what to do.
    package static func open<Result: Sendable>(
        _ target: AdminTarget, _ work: @Sendable (AdminConnection) async throws -> Result
    ) async throws -> Result {
        do {
            return try await withGRPCClient(
                transport: transport(target), interceptors: [TokenInterceptor(token: target.token)]
            ) { try await work(AdminConnection($0)) }
        } catch let error as RPCError {
            throw CommandFailure(error, target)
        }
    }

    private static func transport(_ target: AdminTarget) throws -> Transport {
        try HTTP2ClientTransport.Posix(
            target: .dns(host: target.host, port: target.port),
            transportSecurity: target.secure ? .tls : .plaintext,
            serviceConfig: ServiceConfig(methodConfig: [
                MethodConfig(
                    names: [MethodConfig.Name(service: "")], waitForReady: false,
                    timeout: .seconds(callSeconds))
            ]))
    }
}
