import Access
import ChromaModel
import Logging
import Platform
import ServerConfiguration
import ServiceLifecycle
import TesseraRPC
import TransportSecurity

/// The listeners that a process of some roles has.
struct Servers: Sendable {
    /// With the role frontend.
    let frontend: FrontendListeners?
    /// With the role control.
    let admin: AdminListeners?
    /// Health checks and metrics of a process without the role control.
    let status: Listener?
    /// With the roles control or engine, when other processes may come.
    let edge: Listener?

    /// nil where the process doesn't listen.
    struct Ports: Sendable {
        let http: Int?
        let grpc: Int?
        let adminHTTP: Int?
        let adminGRPC: Int?
        let status: Int?
        let edge: Int?
    }

    /// To be run.
    var services: [any Service] {
        [edge, frontend?.http, frontend?.grpc, admin?.http, admin?.grpc, status]
            .compactMap { $0 }
    }

    /// Returns when all listen; throws what kept one from it.
    func boundPorts() async throws -> Ports {
        Ports(
            http: try await frontend?.http.boundPort(),
            grpc: try await frontend?.grpc.boundPort(),
            adminHTTP: try await admin?.http.boundPort(),
            adminGRPC: try await admin?.grpc.boundPort(),
            status: try await status?.boundPort(), edge: try await edge?.boundPort())
    }
}
