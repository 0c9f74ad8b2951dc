import SwiftProtobuf
import TesseraRPC
import Testing

@testable import AdminClient

@Suite("The screen of tessera top")
struct LoadScreenTests {
    private func screen(tenants: Int) -> LoadScreen {
        var screen = LoadScreen(order: "cpu")
        screen.answer = .with { answer in
            answer.intervalSeconds = 2.04
            answer.openTenants = 3
            answer.tenants = (0..<tenants).map { number in
                .with {
                    $0.tenant = "tenants/team-\(number)"
                    $0.cpuPercent = 150.26
                    $0.tailBytes = 3 << 19
                    $0.open = true
                    $0.sealing = true
                }
            }
        }
        return screen
    }

    @Test("has the rates, the tail and what is under way")
    func table() {
        let lines = screen(tenants: 1).lines(rows: 24, columns: 200)
        #expect(lines[0] == "tessera top: by cpu, 3 tenants open, over 2.0 s")
        let cells = lines[3].split(separator: " ", omittingEmptySubsequences: true).map(String.init)
        #expect(cells == ["team-0", "150.3", "0.0", "0.0", "0", "B", "1.5", "MiB", "sealing"])
    }

    @Test("fills the terminal exactly, whatever its size", arguments: [3, 10, 24], [10, 80])
    func size(rows: Int, columns: Int) {
        let lines = screen(tenants: 50).lines(rows: rows, columns: columns)
        #expect(lines.count == rows)
        #expect(lines.allSatisfy { $0.count <= columns })
    }

    @Test("a tenant's name can't write over the terminal")
    func controlCharacters() {
        var screen = screen(tenants: 1)
        screen.answer?.tenants[0].tenant = "tenants/%1B[2J"
        let text = screen.lines(rows: 24, columns: 80).joined()
        #expect(!text.unicodeScalars.contains("\u{1B}"))
    }

    @Test("bytes are in the largest unit that leaves one of it")
    func bytes() {
        let shown = [0, 1023, 1024, 1_572_864].map(ShortNumber.bytes)
        #expect(shown == ["0 B", "1023 B", "1.0 KiB", "1.5 MiB"])
    }
}
