import AdminAPI
import ChromaModel
import Frontend
import ServiceLifecycle

/// A server that, when it fails, says which settings it listens by.
struct Listener: Service {
    let server: any ListeningServer
    let host: String
    let port: Int
    /// The settings of the two, such as `http.host, http.port`.
    let keys: String

    func run() async throws {
        try await translatingErrors { try await server.run() }
    }

    /// The TCP port, once it listens. Throws what kept it from listening.
    func boundPort() async throws -> Int {
        try await translatingErrors { try await server.boundPort() }
    }

    private func translatingErrors<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as ServiceError {
            throw error
        } catch let error as CancellationError {
            throw error
        } catch {
            throw ServiceError(
                .failedPrecondition,
                """
                The server at \(host):\(port) (\(keys)) failed. \
                If another process has the port, name a free one.
                """, cause: error)
        }
    }
}

/// What the servers have in common.
protocol ListeningServer: Service {
    /// The TCP port, once it listens. Throws what kept it from listening.
    func boundPort() async throws -> Int
}

extension FrontendServer: ListeningServer {}
extension DataGRPCServer: ListeningServer {}
extension AdminHTTPServer: ListeningServer {}
extension AdminGRPCServer: ListeningServer {}
