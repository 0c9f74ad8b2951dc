import Postgres
import Testing

struct PostgresAbsenceTests {
    private static let refused =
        #"connection to server at "10.0.0.1", port 5432 failed: Connection refused"#
        + " Is the server running on that host and accepting TCP/IP connections?"
    private static let silent =
        #"connection to server at "10.0.0.2", port 5432 failed: timeout expired"#

    private func proves(_ message: String, sqlState: String = "08006") -> Bool {
        PostgresError(sqlState: sqlState, message: message).provesAbsence
    }

    @Test("a refused connection, a missing socket and a server that starts prove its absence")
    func absent() {
        #expect(proves(Self.refused))
        #expect(
            proves(
                #"connection to server on socket "/run/.s.PGSQL.5432" failed: "#
                    + "No such file or directory Is the server running locally?"))
        #expect(
            proves(
                #"connection to server on socket "/run/.s.PGSQL.5432" failed: "#
                    + "FATAL:  the database system is starting up"))
    }

    @Test("silence, a broken session, a full server and a wrong password prove nothing")
    func present() {
        #expect(!proves(Self.silent))
        #expect(!proves("server closed the connection unexpectedly"))
        #expect(!proves("terminating connection due to administrator command", sqlState: "57P01"))
        #expect(!proves(#"connection to server at "h", port 1 failed: FATAL:  sorry, too many"#))
        #expect(!proves("the session is closed"))
    }

    @Test("of several hosts every one must say so")
    func hosts() {
        #expect(proves(Self.refused + " " + Self.refused))
        #expect(!proves(Self.refused + " " + Self.silent))
    }

    @Test("libpq says it in these words")
    func realWords() async throws {
        let pool = PostgresPool(
            connectionInfo: "host=127.0.0.1 port=1 dbname=x", connectionsMax: 1)
        let error = await #expect(throws: PostgresError.self) { try await pool.query("SELECT 1") }
        #expect(error?.provesAbsence == true)
        await pool.close()
    }
}
