import CPostgres
import Glibc
import NIOPosix
import Platform
import Synchronization
import Telemetry
import Tracing

/// One session with PostgreSQL. Every call runs on the pool's threads, one at a time.
package final class PostgresConnection: PostgresSession {
    /// The libpq handle, which one thread at a time may use; nil once closed.
    private let handle: Mutex<Handle>
    private let threads: NIOThreadPool
    private let metrics: PoolMetrics

    /// Carries libpq's pointer into the mutex.
    /// `@unchecked Sendable`: it is only ever touched while the mutex is held.
    private struct Handle: @unchecked Sendable {
        var pointer: OpaquePointer?
    }

    /// Blocks until connected; for the pool's threads. Throws `PostgresError`.
    init(
        connectingTo connectionInfo: String, threads: NIOThreadPool, metrics: PoolMetrics
    ) throws {
        let pointer = Self.connect(connectionInfo)
        handle = Mutex(Handle(pointer: pointer))
        self.threads = threads
        self.metrics = metrics
        guard let pointer, PQstatus(pointer) == CONNECTION_OK else {
            throw PostgresError.connection(Self.errorText(pointer))
        }
        // Without this libpq prints the server's notices to standard error.
        PQsetNoticeProcessor(pointer, { _, _ in }, nil)
        try runScriptBlocking(Self.sessionSettings)
    }

    deinit { close() }

    @discardableResult
    package func query(_ sql: SQL) async throws -> [Row] {
        try await Trace.span(sql.verb, .client, sql.attributes) { span in
            try await measured(span) {
                try await threads.runIfActive { try self.execute(sql).rows }
            }
        }
    }

    private func measured<Value: Sendable>(
        _ span: ActiveSpan?, _ body: () async throws -> Value
    ) async throws -> Value {
        let began = SystemTimeSource().monotonicNanoseconds()
        defer {
            metrics.statements.observe(Int(SystemTimeSource().monotonicNanoseconds() - began))
        }
        do { return try await body() } catch {
            let state = (error as? PostgresError)?.sqlState ?? "unknown"
            metrics.failures.add(state)
            span?.add([Attribute("db.response.status_code", state)])
            throw error
        }
    }

    /// Runs several statements without parameters. Throws `PostgresError`.
    package func runScript(_ text: String) async throws {
        try await threads.runIfActive { try self.runScriptBlocking(text) }
    }

    /// Ends a transaction. A commit of a failed transaction is an error, though PostgreSQL
    /// only answers that it rolled back.
    func commit() async throws {
        let tag = try await threads.runIfActive { try self.execute("COMMIT").commandTag }
        guard tag == "COMMIT" else {
            throw PostgresError(
                sqlState: "25P02", message: "the transaction had failed and was rolled back")
        }
    }

    /// Payloads that arrived on channels this session listens to, waiting for the first.
    package func notifications(timeoutMilliseconds: Int32) async throws -> [String] {
        try await threads.runIfActive { try self.awaitNotifications(timeoutMilliseconds) }
    }

    /// Whether the session can serve the next caller: connected, in no transaction, and silent.
    /// What an idle session has to say is that the server ends it. Costs one poll of its socket.
    func isReusable() -> Bool {
        handle.withLock { handle in
            guard let pointer = handle.pointer else { return false }
            return PQstatus(pointer) == CONNECTION_OK
                && PQtransactionStatus(pointer) == PQTRANS_IDLE
                && !Self.isReadable(pointer, timeoutMilliseconds: 0)
        }
    }

    /// Ends the session; a second time does nothing.
    package func close() {
        handle.withLock { handle in
            handle.pointer.map(PQfinish)
            handle.pointer = nil
        }
    }
}

extension PostgresConnection {
    /// No statement of the control plane should come near these; a stuck one must not hold
    /// its session for ever. Migrations lift them. Rows of every tenant are visible, where no
    /// `TenantFence` is.
    private static let sessionSettings = """
        SET app.operator = 'on';
        SET statement_timeout = '30s';
        SET lock_timeout = '10s';
        SET idle_in_transaction_session_timeout = '60s';
        """

    /// Defaults that the caller's connection string may override, since later keywords win.
    private static func connect(_ connectionInfo: String) -> OpaquePointer? {
        let settings: KeyValuePairs = [
            "application_name": "tessera", "connect_timeout": "5", "tcp_user_timeout": "15000",
            "dbname": connectionInfo, "client_encoding": "UTF8",
        ]
        let texts = settings.map(\.key) + settings.map(\.value)
        let copies = texts.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        let pointers = copies.map { UnsafePointer($0) }
        return PQconnectdbParams(
            pointers.prefix(settings.count) + [nil], pointers.suffix(settings.count) + [nil], 1)
    }

    private func execute(_ sql: SQL) throws -> PostgresResult {
        let parameters = Parameters(sql.values)
        return try withPointer { pointer in
            parameters.withPointers { values, lengths in
                PQexecParams(
                    pointer, sql.text, Int32(sql.values.count), parameters.types, values,
                    lengths, parameters.formats, Parameters.binary)
            }
        }
    }

    private func runScriptBlocking(_ text: String) throws {
        _ = try withPointer { PQexec($0, text) }
    }

    private func withPointer(_ body: (OpaquePointer) -> OpaquePointer?) throws -> PostgresResult {
        try handle.withLock { handle in
            guard let pointer = handle.pointer else {
                throw PostgresError.connection("the session is closed")
            }
            guard let result = body(pointer).map(PostgresResult.init) else {
                throw PostgresError.connection(Self.errorText(pointer))
            }
            guard let error = result.error else { return result }
            // A connection that broke half-way has no SQLSTATE of its own.
            let isBroken = PQstatus(pointer) != CONNECTION_OK && !error.isUnavailable
            throw isBroken ? PostgresError.connection(Self.errorText(pointer)) : error
        }
    }

    private func awaitNotifications(_ timeoutMilliseconds: Int32) throws -> [String] {
        try handle.withLock { handle in
            guard let pointer = handle.pointer else {
                throw PostgresError.connection("the session is closed")
            }
            if Self.isReadable(pointer, timeoutMilliseconds: timeoutMilliseconds) {
                PQconsumeInput(pointer)
            }
            guard PQstatus(pointer) == CONNECTION_OK else {
                throw PostgresError.connection(Self.errorText(pointer))
            }
            return Self.drainNotifications(pointer)
        }
    }

    private static func drainNotifications(_ pointer: OpaquePointer) -> [String] {
        var payloads: [String] = []
        while let notification = PQnotifies(pointer) {
            payloads.append(String(cString: notification.pointee.extra))
            PQfreemem(notification)
        }
        return payloads
    }

    private static func isReadable(_ pointer: OpaquePointer, timeoutMilliseconds: Int32) -> Bool {
        var socket = pollfd(fd: PQsocket(pointer), events: Int16(POLLIN), revents: 0)
        return poll(&socket, 1, timeoutMilliseconds) > 0
    }

    private static func errorText(_ pointer: OpaquePointer?) -> String {
        guard let text = PQerrorMessage(pointer) else { return "out of memory" }
        return String(cString: text).split(separator: "\n").joined(separator: " ")
    }
}
