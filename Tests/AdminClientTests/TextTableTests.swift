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
                == ["0123456789A", "-", "reader", "all", "2023-11-14T22:13:20Z", "never", "-"])
    }

    @Test("a tenant's row shows the name as it was typed, not escaped")
    func tenantRow() {
        var table = AdminTenant.emptyTable
        AdminTenant.with { $0.name = "tenants/a%2Fb" }.append(to: &table)
        #expect(table.lines.last?.hasPrefix("a/b ") == true)
    }
}
