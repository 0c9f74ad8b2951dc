import GRPCCore
import GRPCNIOTransportHTTP2
import NIOCore
import TesseraRPC

/// The services of an admin API, over one connection.
package struct AdminConnection: Sendable {
    package typealias Transport = HTTP2ClientTransport.Posix

    /// How long one call may take.
    package static let callSeconds = 30

    /// How long making or restoring a backup may take.
    package static let backupSeconds = 6 * 3600

    /// How long fetching a file may take.
    package static var downloadOptions: CallOptions {
        var options = CallOptions.defaults
        options.timeout = .seconds(3600)
        return options
    }

    package let backups: AdminBackupService.Client<Transport>
    package let tenants: AdminTenantService.Client<Transport>
    package let databases: AdminDatabaseService.Client<Transport>
    package let tokens: AdminTokenService.Client<Transport>
    package let audit: AdminAuditService.Client<Transport>
    package let issuers: AdminIssuerService.Client<Transport>
    package let quotas: AdminQuotaService.Client<Transport>
    package let usage: AdminUsageService.Client<Transport>
    package let budgets: AdminBudgetService.Client<Transport>
    package let load: AdminLoadService.Client<Transport>

    private init(_ client: GRPCClient<Transport>) {
        backups = AdminBackupService.Client(wrapping: client)
        tenants = AdminTenantService.Client(wrapping: client)
        databases = AdminDatabaseService.Client(wrapping: client)
        tokens = AdminTokenService.Client(wrapping: client)
        audit = AdminAuditService.Client(wrapping: client)
        issuers = AdminIssuerService.Client(wrapping: client)
        quotas = AdminQuotaService.Client(wrapping: client)
        usage = AdminUsageService.Client(wrapping: client)
        budgets = AdminBudgetService.Client(wrapping: client)
        load = AdminLoadService.Client(wrapping: client)
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
            target: address(target),
            transportSecurity: security(target),
            serviceConfig: ServiceConfig(methodConfig: [
                MethodConfig(
                    names: [MethodConfig.Name(service: "")], waitForReady: false,
                    timeout: .seconds(callSeconds))
            ]))
    }

    /// An address is no name: it can be neither looked up nor named in a TLS handshake.
    private static func address(_ target: AdminTarget) -> any ResolvableTarget {
        switch try? NIOCore.SocketAddress(ipAddress: target.host, port: target.port) {
        case .v4: .ipv4(address: target.host, port: target.port)
        case .v6: .ipv6(address: target.host, port: target.port)
        default: .dns(host: target.host, port: target.port)
        }
    }

    private static func security(_ target: AdminTarget) -> Transport.TransportSecurity {
        guard target.secure else { return .plaintext }
        guard let file = target.issuersFile else { return .tls }
        return .tls { $0.trustRoots = .certificates([.file(path: file, format: .pem)]) }
    }
}
