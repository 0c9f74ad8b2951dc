import NIOPosix
import Platform
import Synchronization
import Telemetry

/// Sessions with one database, lent to one caller at a time, each call on a thread of its own:
/// libpq blocks, and nothing here may block the cooperative pool.
///
/// Broken sessions are replaced when next asked for, so it outlives a restart of the server.
/// Call `close()` before letting go of it.
package final class PostgresPool: PostgresSession {
    /// Callers that may queue for a session before further ones are refused.
    private static let waitersMax = 1024

    private let connectionInfo: String
    private let threads: NIOThreadPool
    private let permits: PermitQueue
    private let connectionsMax: Int
    let metrics = PoolMetrics()
    private let state = Mutex(State())

    private struct State {
        var idle: [PostgresConnection] = []
        var isClosed = false
    }

    /// - Parameters:
    ///   - connectionInfo: a libpq connection string or `postgresql://` URL.
    ///   - connectionsMax: sessions, and threads, at most. Sessions are opened when needed.
    package init(connectionInfo: String, connectionsMax: Int) {
        self.connectionInfo = connectionInfo
        self.connectionsMax = max(1, connectionsMax)
        threads = NIOThreadPool(numberOfThreads: max(1, connectionsMax))
        permits = PermitQueue(permits: max(1, connectionsMax), waitersMax: Self.waitersMax)
        threads.start()
    }

    /// Runs one statement on any session.
    @discardableResult
    package func query(_ sql: SQL) async throws -> [Row] {
        guard TenantFence.tenant == nil else {
            return try await transaction { try await $0.query(sql) }
        }
        return try await withConnection { try await $0.query(sql) }
    }

    /// Runs the body in a transaction, committed when it returns and rolled back when it throws.
    /// Throws `PostgresError`, or what the body threw. Retrying is the caller's choice.
    @discardableResult
    package func transaction<Value: Sendable>(
        _ body: @Sendable (PostgresTransaction) async throws -> Value
    ) async throws -> Value {
        try await withConnection { try await $0.transaction(body) }
    }

    /// Lends a session for as long as the body runs, for what needs one session: advisory locks,
    /// LISTEN. The body must leave it as it found it.
    @discardableResult
    package func withConnection<Value: Sendable>(
        _ body: @Sendable (PostgresConnection) async throws -> Value
    ) async throws -> Value {
        let began = SystemTimeSource().monotonicNanoseconds()
        try await permits.acquire()
        metrics.waits.observe(Int(SystemTimeSource().monotonicNanoseconds() - began))
        defer { permits.release() }
        let connection = try await takeOrConnect()
        defer { giveBack(connection) }
        return try await body(connection)
    }

    /// Closes every idle session now and the lent ones when they come back.
    package func close() async {
        let idle = state.withLock { state in
            state.isClosed = true
            defer { state.idle = [] }
            return state.idle
        }
        for connection in idle { connection.close() }
        try? await threads.shutdownGracefully()
    }

    private func takeOrConnect() async throws -> PostgresConnection {
        while let connection = state.withLock({ $0.idle.popLast() }) {
            if connection.isReusable() { return connection }
            connection.close()
        }
        metrics.connects.add()
        return try await threads.runIfActive { [connectionInfo, threads, metrics] in
            try PostgresConnection(
                connectingTo: connectionInfo, threads: threads, metrics: metrics)
        }
    }

    func collect() -> [MetricFamily] {
        metrics.collect(permits.usage, connectionsMax: connectionsMax)
    }

    private func giveBack(_ connection: PostgresConnection) {
        let isKept =
            connection.isReusable()
            && state.withLock { state in
                if !state.isClosed { state.idle.append(connection) }
                return !state.isClosed
            }
        if !isKept { connection.close() }
    }
}
