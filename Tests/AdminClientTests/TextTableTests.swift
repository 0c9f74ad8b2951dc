import SwiftProtobuf
import TesseraRPC
import Testing

@testable import AdminClient

@Suite("Tables of the command line")
struct TextTableTests {
    @Test("columns are aligned and lines have no spaces at their ends")
    func alignment() {
        var table = TextTable("TENANT", "CREATED")
        table.add("acme", "today")
        table.add("a longer name", "")
        #expect(table.lines == ["TENANT         CREATED", "acme           today", "a longer name"])
    }

    @Test("a name can't send control sequences to the terminal")
    func controlCharacters() {
        var table = TextTable("TENANT")
        table.add("evil\u{1B}[2Jname\n")
        #expect(table.lines == ["TENANT", "evil?[2Jname?"])
    }

    @Test("a token's row says what is absent in words")
    func tokenRow() {
        var table = AdminToken.emptyTable
        AdminToken.with {
            $0.name = "tenants/a%2Fb/tokens/0123456789A"
            $0.role = "reader"
            $0.createTime = Google_Protobuf_Timestamp(seconds: 1_700_000_000)
        }.append(to: &table)
        #expect(
            table.lines.last?.split(separator: " ").map { String($0) }
                == [
                    "0123456789A", "-", "reader", "all", "all", "2023-11-14T22:13:20Z", "never",
                    "never", "-",
                ])
    }

    @Test(
        "a token's row says which databases it reaches, also when they are all deleted",
        arguments: [
            ("operator", false, [], "-"), ("admin", false, [], "all"), ("admin", true, [], "none"),
            ("admin", true, ["a", "b"], "a,b"),
        ])
    func reach(_ role: String, _ restricted: Bool, _ databases: [String], _ word: String) {
        var table = AdminToken.emptyTable
        AdminToken.with {
            $0.name = "tokens/k"
            $0.role = role
            $0.restricted = restricted
            $0.databases = databases
        }.append(to: &table)
        let cells = table.lines.last?.split(separator: " ").map { String($0) }
        #expect(cells?[3] == word)
    }

    @Test("a tenant's row shows the name as it was typed, not escaped")
    func tenantRow() {
        var table = AdminTenant.emptyTable
        AdminTenant.with { $0.name = "tenants/a%2Fb" }.append(to: &table)
        #expect(table.lines.last?.hasPrefix("a/b ") == true)
    }
}
