import ChromaModel
import Postgres
import TestSupport
import Testing

struct PostgresPoolTests {
    @Test("every type comes back as it was bound")
    func values() async throws {
        let id = UniqueID(high: 0x0123_4567_89AB_CDEF, low: 0xFEDC_BA98_7654_3210)
        try await TemporaryPostgres.withPool { pool in
            let row = try #require(
                try await pool.query(
                    """
                    SELECT \("a'b\"$1 é") AS text, \(.integer(.min)) AS number, \(true) AS flag,
                        \([0, 255, 7] as [UInt8]) AS bytes, \(id) AS id,
                        \(.timestamp(milliseconds: 1_700_000_000_123)) AS time,
                        \(.null)::text AS nothing, ARRAY['x', '']::text[] AS texts,
                        ARRAY[]::text[] AS no_texts
                    """
                ).first)
            #expect(try row.text("text") == "a'b\"$1 é")
            #expect(try row.int64("number") == .min)
            #expect(try row.bool("flag"))
            #expect(try row.bytes("bytes") == [0, 255, 7])
            #expect(try row.uuid("id") == id)
            #expect(try row.milliseconds("time") == 1_700_000_000_123)
            #expect(try row.optionalText("nothing") == nil)
            #expect(try row.optionalTexts("texts") == ["x", ""])
            #expect(try row.optionalTexts("no_texts") == [])
        }
    }

    @Test("an empty text is not null, and text with a zero byte is refused, not cut")
    func awkwardTexts() async throws {
        try await TemporaryPostgres.withPool { pool in
            let row = try await pool.query("SELECT \("") AS empty").first
            #expect(try row?.optionalText("empty") == "")
            let error = await #expect(throws: PostgresError.self) {
                try await pool.query("SELECT \("ab\0c") AS cut")
            }
            #expect(error?.serviceError.code == .invalidArgument)
        }
    }

    @Test("a column of another type, a null and a missing column are errors")
    func rowErrors() async throws {
        try await TemporaryPostgres.withPool { pool in
            let row = try #require(
                try await pool.query("SELECT 1::int8 AS a, NULL::text AS b").first)
            #expect(throws: RowError.self) { try row.text("a") }
            #expect(throws: RowError.self) { try row.text("b") }
            #expect(throws: RowError.self) { try row.text("c") }
        }
    }

    @Test("a spliced statement keeps its parameters apart from the outer ones")
    func splicing() async throws {
        let inner: SQL = "b = \(2) AND c = \(3)"
        let sql: SQL = "a = \(1) AND \(inner) AND d = \(4)"
        #expect(sql.text == "a = $1 AND b = $2 AND c = $3 AND d = $4")
        #expect(sql.values == [.integer(1), .integer(2), .integer(3), .integer(4)])
    }

    @Test("a transaction that throws leaves nothing, and its session serves on")
    func rollback() async throws {
        struct Refusal: Error {}
        try await TemporaryPostgres.withPool(connectionsMax: 1) { pool in
            try await pool.query("CREATE TABLE kept (a int8 PRIMARY KEY)")
            await #expect(throws: Refusal.self) {
                try await pool.transaction { transaction in
                    try await transaction.query("INSERT INTO kept VALUES (1)")
                    throw Refusal()
                }
            }
            #expect(try await pool.query("SELECT a FROM kept").isEmpty)
            try await pool.transaction { try await $0.query("INSERT INTO kept VALUES (1)") }
            #expect(try await pool.query("SELECT a FROM kept").count == 1)
        }
    }

    @Test("a commit after a swallowed error is an error, not a silent rollback")
    func failedCommit() async throws {
        try await TemporaryPostgres.withPool { pool in
            await #expect(throws: PostgresError.self) {
                try await pool.transaction { transaction in
                    _ = try? await transaction.query("SELECT 1 / 0")
                }
            }
        }
    }

    @Test("a duplicate key is known as such, and its message quotes no stored value")
    func uniqueViolation() async throws {
        try await TemporaryPostgres.withPool { pool in
            try await pool.query("CREATE TABLE unique_a (a text PRIMARY KEY)")
            try await pool.query("INSERT INTO unique_a VALUES ('secret-value')")
            let error = await #expect(throws: PostgresError.self) {
                try await pool.query("INSERT INTO unique_a VALUES (\("secret-value"))")
            }
            #expect(error?.isUniqueViolation == true)
            #expect(error.map { "\($0)".contains("secret-value") } == false)
        }
    }

    @Test("a session that the server ended is replaced without anyone noticing")
    func reconnects() async throws {
        try await TemporaryPostgres.withPool(connectionsMax: 1) { pool in
            let id = try await pool.query("SELECT pg_backend_pid() AS id").first?.int64("id") ?? 0
            let other = try await TemporaryPostgres.pool(connectionsMax: 1)
            try await other.query("SELECT pg_terminate_backend(\(.integer(id))::int)")
            // The server says goodbye on the session's socket before the process is gone.
            while try await !other.query(
                "SELECT FROM pg_stat_activity WHERE pid = \(.integer(id))"
            ).isEmpty {}
            await other.close()
            let next = try await pool.query("SELECT pg_backend_pid() AS id").first?.int64("id")
            #expect(next != nil && next != id)
        }
    }

    @Test("many callers share few sessions, each served in the end")
    func contention() async throws {
        try await TemporaryPostgres.withPool(connectionsMax: 3) { pool in
            let sum = try await withThrowingTaskGroup(of: Int64.self) { group in
                for number in 1...200 {
                    group.addTask {
                        try await pool.query("SELECT \(number) AS a").first?.int64("a") ?? 0
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(sum == 200 * 201 / 2)
            let sessions = try await pool.query(
                """
                SELECT FROM pg_stat_activity
                WHERE datname = current_database() AND backend_type = 'client backend'
                """)
            #expect(sessions.count <= 3)
        }
    }

    @Test("a waiting caller that is cancelled gives its place up")
    func cancellation() async throws {
        try await TemporaryPostgres.withPool(connectionsMax: 1) { pool in
            try await pool.withConnection { _ in
                let waiting = Task { try await pool.query("SELECT 1") }
                waiting.cancel()
                await #expect(throws: CancellationError.self) { try await waiting.value }
            }
            #expect(try await pool.query("SELECT 1").count == 1)
        }
    }

    @Test("a server that is not there is unavailable")
    func unreachable() async throws {
        let pool = PostgresPool(
            connectionInfo: "host=/tmp/tessera-nowhere user=nobody", connectionsMax: 1)
        let error = await #expect(throws: PostgresError.self) { try await pool.query("SELECT 1") }
        #expect(error?.serviceError.code == .unavailable)
        await pool.close()
    }

    @Test("a notification wakes the session that listens")
    func notifications() async throws {
        try await TemporaryPostgres.withPool(connectionsMax: 2) { pool in
            try await pool.withConnection { connection in
                try await connection.runScript("LISTEN news")
                try await pool.query("SELECT pg_notify('news', 'hello')")
                #expect(
                    try await connection.notifications(timeoutMilliseconds: 10_000) == ["hello"])
                connection.close()
            }
        }
    }
}
