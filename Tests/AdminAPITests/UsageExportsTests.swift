import ChromaModel
import Platform
import TestSupport
import Testing

@testable import AdminAPI

@Suite("Exports into files")
struct UsageExportsTests {
    private static func make(_ disk: SimulatedFileSystem, _ time: any TimeSource) throws
        -> UsageExports
    {
        try UsageExports(
            directory: "/exports", fileSystem: disk, time: time, random: SystemRandomSource())
    }

    private static func stream(_ text: String) -> ByteStream {
        ByteStream(contentType: "text/plain", bytes: Array(text.utf8))
    }

    private static func finished(_ exports: UsageExports, _ id: String) async throws
        -> UsageExport
    {
        while true {
            let export = try exports.export(id, tenantID: "t")
            if export.state != .running { return export }
            await Task.yield()
        }
    }

    private static func content(_ exports: UsageExports, _ id: String, from offset: Int)
        async throws -> String
    {
        var bytes: [UInt8] = []
        try await exports.file(id, tenantID: "t", offset: offset).produce { bytes += $0 }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test("a file is its tenant's alone, is found again after a restart, and goes when it expires")
    func life() async throws {
        let disk = SimulatedFileSystem()
        let time = ManualTimeSource()
        let exports = try Self.make(disk, time)
        let made = try exports.start(Self.stream("hello, world"), tenantID: "t", format: "csv")
        #expect(try await Self.finished(exports, made.id).bytes == 12)
        #expect(try await Self.content(exports, made.id, from: 7) == "world")
        for stranger in ["", "u"] {
            #expect(throws: ServiceError.self) {
                try exports.export(made.id, tenantID: stranger)
            }
        }
        let again = try Self.make(disk, time)
        #expect(try await Self.content(again, made.id, from: 0) == "hello, world")
        time.advance(seconds: UsageExports.keptHours * 3600 + 1)
        let late = try Self.make(disk, time)
        #expect(throws: ServiceError.self) { try late.export(made.id, tenantID: "t") }
        #expect(try disk.list("/exports") == [])
    }

    @Test("a failed export says why and leaves no file; past the bound no more are begun")
    func bounds() async throws {
        let disk = SimulatedFileSystem()
        let exports = try Self.make(disk, ManualTimeSource())
        let failing = ByteStream(contentType: "text/plain") { _ in
            throw ServiceError(.unavailable, "gone")
        }
        let made = try exports.start(failing, tenantID: "t", format: "csv")
        let failed = try await Self.finished(exports, made.id)
        #expect(failed.state == .failed && failed.problem == "gone")
        #expect(throws: ServiceError.self) {
            try exports.file(made.id, tenantID: "t", offset: 0)
        }
        for _ in 1..<UsageExports.keptMax {
            let next = try exports.start(Self.stream(""), tenantID: "t", format: "csv")
            _ = try await Self.finished(exports, next.id)
        }
        #expect(throws: ServiceError.self) {
            try exports.start(Self.stream(""), tenantID: "t", format: "csv")
        }
        try await exports.remove(made.id, tenantID: "t")
        _ = try exports.start(Self.stream(""), tenantID: "t", format: "csv")
    }
}
