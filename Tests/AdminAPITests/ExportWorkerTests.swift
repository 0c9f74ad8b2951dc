import Access
import ChromaModel
import ControlPlane
import Crypto
import Logging
import Platform
import Postgres
import SwiftProtobuf
import TesseraRPC
import TestSupport
import Testing

@testable import AdminAPI

@Suite("Exports into files")
struct ExportWorkerTests {
    private static func plane(_ pool: PostgresPool) throws -> ControlPlane {
        ControlPlane(
            pool: pool, engines: ReferenceEngine(),
            peppers: try Peppers([Pepper(version: 1, key: Array(repeating: 7, count: 32))]),
            time: SystemTimeSource(), random: SystemRandomSource(),
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    }

    private static func worker(_ plane: ControlPlane) -> ExportWorker {
        ExportWorker(
            controlPlane: plane,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    }

    /// An export of everything, of a format that may be none.
    private static func ask(_ plane: ControlPlane, format: String = "csv") async throws
        -> UsageExport
    {
        let request = AdminExportUsageRequest.with {
            $0.format = format
            $0.period = "2025-01"
        }
        return try await plane.createExport(
            UsageExportDraft(
                tenant: nil, request: try request.serializedBytes(), format: format,
                contentType: "text/csv"))
    }

    private static func fill(_ pool: PostgresPool, hours: Int) async throws {
        try await pool.query("INSERT INTO usage.period (period) VALUES ('2025-01-01')")
        try await pool.query("UPDATE usage.progress SET folded_before = '2025-02-02T00:00:00Z'")
        try await pool.query(
            """
            INSERT INTO usage.hour (period, hour, tenant_id, database_id, collection_id,
                credential, meter, quantity)
            SELECT '2025-01-01', '2025-01-01T00:00:00Z'::timestamptz + (n % 700) * interval '1 h',
                gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), '', 'forks', n
            FROM generate_series(1, \(hours)) n
            """)
    }

    private static func bytes(_ stream: ByteStream) async throws -> [UInt8] {
        var all: [UInt8] = []
        try await stream.produce { all += $0 }
        return all
    }

    @Test("what one process makes any other sends, in pieces from any byte on, and it is all there")
    func sharing() async throws {
        try await TestDatabase.use { pool in
            let (maker, sender) = (try Self.plane(pool), try Self.plane(pool))
            try await Self.fill(pool, hours: 4000)
            let asked = try await Self.ask(sender)
            #expect(throws: ServiceError.self) { try sender.file(of: asked, offset: 0) }
            await Self.worker(maker).make(try #require(try await maker.claimExport()))
            let done = try await sender.usageExport("\(asked.id)", of: nil)
            #expect(done.state == .done && done.bytes > 2 * ExportRun.partBytes)
            let whole = try await Self.bytes(try sender.file(of: done, offset: 0))
            #expect(whole.count == done.bytes)
            #expect(done.sha256 == Array(SHA256.hash(data: whole)))
            let direct = try await sender.exportStream(
                try AdminExportUsageRequest(serializedBytes: done.request), of: nil,
                atMilliseconds: done.createdAtMilliseconds)
            #expect(whole == (try await Self.bytes(direct)))
            let part = ExportRun.partBytes
            for offset in [1, part - 1, part, part + 1, 2 * part, done.bytes - 1, done.bytes] {
                let rest = try await Self.bytes(try sender.file(of: done, offset: offset))
                #expect(rest == Array(whole[offset...]), "from \(offset)")
            }
            #expect(throws: ServiceError.self) { try sender.file(of: done, offset: -1) }
            #expect(throws: ServiceError.self) { try sender.file(of: done, offset: done.bytes + 1) }
        }
    }

    @Test("a run that is stopped in its midst leaves the export to the next, which makes all of it")
    func stopped() async throws {
        try await TestDatabase.use { pool in
            let plane = try Self.plane(pool)
            try await Self.fill(pool, hours: 4000)
            let asked = try await Self.ask(plane)
            let run = try #require(try await plane.claimExport())
            try await plane.append(Array(repeating: 1, count: 10), number: 0, to: run)
            let stopped = Task { await Self.worker(plane).make(run) }
            stopped.cancel()
            await stopped.value
            let left = try await plane.usageExport("\(asked.id)", of: nil)
            // It may have been done before it was told to stop.
            if left.state != .done {
                #expect(left.state == .waiting)
                await Self.worker(plane).make(try #require(try await plane.claimExport()))
            }
            let done = try await plane.usageExport("\(asked.id)", of: nil)
            #expect(done.state == .done)
            let whole = try await Self.bytes(try plane.file(of: done, offset: 0))
            #expect(done.sha256 == Array(SHA256.hash(data: whole)))
        }
    }

    @Test("what can't be made says why, and has no file")
    func failed() async throws {
        try await TestDatabase.use { pool in
            let plane = try Self.plane(pool)
            let asked = try await Self.ask(plane, format: "papyrus")
            await Self.worker(plane).make(try #require(try await plane.claimExport()))
            let failed = try await plane.usageExport("\(asked.id)", of: nil)
            #expect(failed.state == .failed && !failed.problem.isEmpty)
            #expect(throws: ServiceError.self) { try plane.file(of: failed, offset: 0) }
        }
    }
}
