import Postgres
import ServiceLifecycle

/// Starts the private PostgreSQL again when it ends, until the server shuts down.
struct PostgresSupervision: Service {
    let server: EmbeddedPostgres

    func run() async throws {
        await cancelWhenGracefulShutdown { await server.supervise() }
    }
}
