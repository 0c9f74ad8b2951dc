import Access
import ChromaModel
import Postgres
import TestSupport
import Testing

@testable import ControlPlane

struct UsageExportTests {
    private static func draft(_ tenant: TenantRecord?) -> UsageExportDraft {
        UsageExportDraft(
            tenant: tenant?.id, request: [1, 2, 3], format: "csv", contentType: "text/csv")
    }

    @Test("one process at a time makes an export, and whoever lost it can't write to it any more")
    func fencing() async throws {
        try await Fixture.run { fixture in
            let plane = fixture.controlPlane
            let made = try await plane.createExport(Self.draft(nil))
            #expect(made.state == .waiting && made.request == [1, 2, 3])
            let first = try #require(try await plane.claimExport())
            #expect(try await plane.claimExport() == nil)
            try await plane.append([1, 1], number: 0, to: first)
            // A run that says so in time goes on.
            fixture.time.advance(seconds: ControlPlane.exportLeaseSeconds - 1)
            try await plane.keepExport(first)
            fixture.time.advance(seconds: ControlPlane.exportLeaseSeconds - 1)
            #expect(try await plane.claimExport() == nil)
            fixture.time.advance(seconds: 1)
            let second = try #require(try await plane.claimExport())
            #expect(second.id == made.id && second.bytes == 0)
            await #expect(throws: ExportLost.self) {
                try await plane.append([1, 1], number: 1, to: first)
            }
            await #expect(throws: ExportLost.self) { try await plane.keepExport(first) }
            try await plane.finishExport(first, sha256: Array(repeating: 1, count: 32))
            try await plane.failExport(first, "no")
            // Nothing of the first run is left in the second's file.
            try await plane.append([2], number: 0, to: second)
            try await plane.finishExport(second, sha256: Array(repeating: 2, count: 32))
            let done = try await plane.usageExport("\(made.id)", of: nil)
            #expect(done.state == .done && done.bytes == 1 && done.sha256?.first == 2)
            #expect(try await plane.part(0, of: done) == [2])
            await expectRefusal(.notFound) { _ = try await plane.part(1, of: done) }
        }
    }

    @Test("an export that was cut short again and again is given up, and says so")
    func attempts() async throws {
        try await Fixture.run { fixture in
            let plane = fixture.controlPlane
            let made = try await plane.createExport(Self.draft(nil))
            for _ in 0..<UsageExportStore.attemptsMax {
                let run = try #require(try await plane.claimExport())
                try await plane.append([1], number: 0, to: run)
                try await plane.sweepExports()
                fixture.time.advance(seconds: ControlPlane.exportLeaseSeconds)
            }
            #expect(try await plane.claimExport() == nil)
            try await plane.sweepExports()
            let failed = try await plane.usageExport("\(made.id)", of: nil)
            #expect(failed.state == .failed && failed.problem.contains("cut short"))
            await expectRefusal(.notFound) { _ = try await plane.part(0, of: failed) }
        }
    }

    @Test("an export is its tenant's alone, is bounded in number, and goes when it expires")
    func life() async throws {
        try await Fixture.run { fixture in
            let plane = fixture.controlPlane
            let acme = try await fixture.makeTenant("acme")
            let rival = try await fixture.makeTenant("rival")
            var ids: [String] = []
            for _ in 0..<ControlPlane.exportsKeptMax {
                ids.append("\(try await plane.createExport(Self.draft(acme)).id)")
            }
            await expectRefusal(.resourceExhausted) {
                _ = try await plane.createExport(Self.draft(acme))
            }
            _ = try await plane.createExport(Self.draft(rival))
            for stranger in [rival.id, nil] {
                await expectRefusal(.notFound) {
                    _ = try await plane.usageExport(ids[0], of: stranger)
                }
                await expectRefusal(.notFound) {
                    try await plane.deleteExport(ids[0], of: stranger)
                }
            }
            await expectRefusal(.notFound) { _ = try await plane.usageExport("what", of: nil) }
            try await plane.deleteExport(ids[0], of: acme.id)
            _ = try await plane.createExport(Self.draft(acme))
            fixture.time.advance(seconds: 48 * 3600)
            await expectRefusal(.notFound) { _ = try await plane.usageExport(ids[1], of: acme.id) }
            try await plane.sweepExports()
            let left = try await fixture.pool.query("SELECT id FROM usage.export")
            #expect(left.isEmpty)
        }
    }
}
