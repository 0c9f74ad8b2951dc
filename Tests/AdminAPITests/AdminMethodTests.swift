import Access
import Foundation
import TesseraRPC
import Testing

@testable import AdminAPI

@Suite("The table of methods")
struct AdminMethodTests {
    @Test("the table has every method of the protos, and no other")
    func tableIsComplete() throws {
        let declared = try protos().flatMap { text in
            text.matches(of: /rpc (\w+)\(/).map { String($0.output.1) }
        }
        #expect(!declared.isEmpty)
        #expect(Set(AdminMethod.all.map(\.name)) == Set(declared))
        #expect(AdminMethod.all.count == declared.count)
    }

    @Test("every method asks for a permission of its own, which Access knows")
    func permissions() {
        let required = AdminMethod.all.map(\.required)
        #expect(!required.contains(nil))
        #expect(Set(required) == Set(Permission.allCases.map { $0 }))
        #expect(required.count == Permission.allCases.count)
    }

    @Test("every method has an HTTP binding, no two the same, and only reads have no audit event")
    func bindings() {
        let all = AdminMethod.all.flatMap(\.bindings)
        #expect(AdminMethod.all.allSatisfy { !$0.bindings.isEmpty })
        #expect(Set(all).count == all.count)
        for method in AdminMethod.all where method.name != "TestPermissions" {
            #expect(method.bindings.allSatisfy { $0.method == "GET" } == (method.auditEvent == nil))
        }
    }

    private func protos() throws -> [String] {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let directory = root.appending(path: "proto/tessera/admin/v1")
        return try FileManager.default.contentsOfDirectory(atPath: directory.path)
            .filter { $0.hasSuffix(".proto") }
            .map { try String(contentsOf: directory.appending(path: $0), encoding: .utf8) }
    }
}
