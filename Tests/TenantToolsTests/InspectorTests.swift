import ChromaModel
import Platform
import TenantStorage
import TestSupport
import Testing

@testable import TenantEngine
@testable import TenantTools

@Suite("Inspecting files")
struct InspectorTests {
    @Test("each kind of file is known by its content, and shows no record unless asked")
    func kinds() async throws {
        let disk = SimulatedFileSystem()
        let world = try await ToolsWorld.filled(on: disk)
        let kinds = [
            "log": "log file", "acknowledged": "acknowledged mark", "checkpoint": "checkpoint",
            "seg": "segment",
        ]
        var seen = Set<String>()
        for path in disk.filePaths where path.hasPrefix(world.files.root) {
            let report = try Inspector(fileSystem: disk).report(on: path)
            #expect(report.findings == [])
            let ending = path.split { $0 == "." || $0 == "/" }.last.map(String.init)
            #expect(report.kind == ending.flatMap { kinds[$0] })
            #expect(!Self.text(report).contains("secret document"))
            seen.insert(report.kind)
        }
        #expect(seen.count == 4)
        #expect(try Inspector(fileSystem: disk).report(on: world.files.root).kind == "tenant")
        let all = try Inspector(fileSystem: disk).report(on: world.directory)
        #expect(all.kind == "tenants" && all.tables.first?.rows.count == 1)
    }

    @Test("records are shown when asked for, of log files and segments")
    func showRecords() async throws {
        let disk = SimulatedFileSystem()
        let world = try await ToolsWorld.filled(on: disk)
        var options = Inspector.Options()
        options.showsRecords = true
        options.rowsMax = 100
        let inspector = Inspector(fileSystem: disk, options: options)
        let survey = try world.survey()
        for path in survey.logs.map(\.path) + survey.segments.values.map(\.path) {
            #expect(Self.text(try inspector.report(on: path)).contains("secret document"))
        }
    }

    @Test("a file with any byte changed is still reported on, with the damage")
    func damagedFiles() async throws {
        let disk = SimulatedFileSystem()
        let world = try await ToolsWorld.filled(on: disk)
        for path in disk.filePaths where path.hasPrefix(world.files.root) {
            let count = try #require(disk.contents(path)).count
            for byte in stride(from: 0, to: count, by: 7) {
                disk.flipBit(byte * 8 + 1, of: path)
                let report = try Inspector(fileSystem: disk).report(on: path)
                let isEnd = report.facts.contains { $0.name == "torn_end" }
                #expect(!report.isClean || isEnd, "byte \(byte) of \(path)")
                disk.flipBit(byte * 8 + 1, of: path)
            }
        }
    }

    @Test("what is there not, or is something else, is refused in words")
    func refusals() throws {
        let disk = SimulatedFileSystem()
        try disk.createDirectory("/d")
        _ = try disk.open("/d/letter.txt", .createNew)
        let inspector = Inspector(fileSystem: disk)
        #expect(throws: ServiceError.self) { try inspector.report(on: "/d/nothing") }
        #expect(throws: ServiceError.self) { try inspector.report(on: "/d/letter.txt") }
    }

    private static func text(_ report: FileReport) -> String {
        report.facts.map(\.value).joined(separator: " ")
            + report.tables.flatMap(\.rows).flatMap { $0 }.joined(separator: " ")
    }
}
