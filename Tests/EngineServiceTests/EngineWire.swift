import Access
import ChromaModel
import Foundation
import Logging
import TenantEngine
import TenantTools
import TesseraRPC
import TestSupport
import TransportSecurity

@testable import EngineService

/// An engine behind its service, on loopback with mutual TLS, and clients of it.
final class EngineWire: Sendable {
    private static let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    private let directory = TemporaryDirectory()
    private let authority: CertificateAuthority

    init() throws { authority = try CertificateAuthority(days: 1, from: Date()) }

    /// Runs the body while the engine is served.
    ///
    /// - Parameter port: 0 takes any free one; the body gets it.
    func serving<Result: Sendable>(
        _ engines: any EngineClient, port: Int = 0, allowsRemovingEverything: Bool = false,
        backups: (any BackupClient)? = nil, loads: (any LoadMeter)? = nil,
        _ body: @escaping @Sendable (_ port: Int) async throws -> Result
    ) async throws -> Result {
        let server = EngineServer(
            engines: engines, allowsRemovingEverything: allowsRemovingEverything,
            logger: Self.logger)
        let listener = try NodeListener(
            host: "127.0.0.1", port: port, certificate: try certificate(of: .engine),
            requestBytesMax: EngineMessages.bytesMax,
            services: [server.service]
                + (backups.map { [BackupServer(backups: $0, logger: Self.logger).service] } ?? [])
                + (loads.map { [LoadServer(meter: $0).service] } ?? []))
        return try await Self.beside(listener.run) { try await body(listener.boundPort()) }
    }

    /// Runs the body with a client that has a certificate of the role.
    func calling<Result: Sendable>(
        port: Int, as role: NodeRole = .frontend,
        _ body: @escaping @Sendable (RemoteEngine) async throws -> Result
    ) async throws -> Result {
        let remote = try RemoteEngine(
            at: NodeAddress(url: "https://127.0.0.1:\(port)", key: "test"),
            certificate: try certificate(of: role))
        return try await Self.beside(remote.run) { try await body(remote) }
    }

    /// Both at once.
    func with<Result: Sendable>(
        _ engines: any EngineClient, as role: NodeRole = .frontend,
        allowsRemovingEverything: Bool = false,
        _ body: @escaping @Sendable (RemoteEngine) async throws -> Result
    ) async throws -> Result {
        try await serving(engines, allowsRemovingEverything: allowsRemovingEverything) { port in
            try await self.calling(port: port, as: role, body)
        }
    }

    private static func beside<Result: Sendable>(
        _ service: @escaping @Sendable () async throws -> Void,
        _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        let running = Task { try? await service() }
        let result: Swift.Result<Result, any Error>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        running.cancel()
        // So that its port is free again.
        await running.value
        return try result.get()
    }

    private func certificate(of role: NodeRole) throws -> NodeCertificate {
        let pair = try authority.certificate(of: [role], hosts: [])
        let name = "\(directory.path)/\(role.rawValue)-\(UUID().uuidString)"
        try Data(pair.certificate.utf8).write(to: URL(filePath: name + ".pem"))
        try Data(pair.key.utf8).write(to: URL(filePath: name + "-key.pem"))
        try Data(authority.own.certificate.utf8).write(to: URL(filePath: name + "-ca.pem"))
        return try NodeCertificate(
            certificateFile: name + ".pem", privateKeyFile: name + "-key.pem",
            issuersFile: name + "-ca.pem", logger: Self.logger)
    }
}
