import AdminClient
import ArgumentParser
import Glibc
import SwiftProtobuf
import TesseraRPC

/// `tessera top`
struct TopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "top", abstract: "Watch which tenants have the engine do most.",
        discussion: """
            On a terminal it goes on until q; the keys at its foot rank anew. Otherwise, and with \
            --once or --json, it measures one interval and ends.
            """)

    enum Order: String, ExpressibleByArgument, CaseIterable {
        case cpu, reads, writes, tail, compaction
    }

    @Option(help: "What tenants are ranked by.")
    var sort = Order.cpu
    @Option(help: ArgumentHelp("How long to measure, 0.1 to 10.", valueName: "seconds"))
    var interval = 2.0
    @Option(help: "At most so many tenants, up to 100.")
    var limit = 20
    @Flag(help: "Measure one interval and end.")
    var once = false
    @OptionGroup var admin: AdminOptions

    func validate() throws {
        guard (0.1...10).contains(interval) else {
            throw ValidationError("--interval is from 0.1 to 10 seconds.")
        }
        guard (1...100).contains(limit) else { throw ValidationError("--limit is from 1 to 100.") }
    }

    func run() async throws {
        let request = AdminMeasureTenantsRequest.with {
            $0.orderBy = sort.rawValue
            $0.pageSize = Int32(limit)
            $0.intervalMilliseconds = Int32(interval * 1000)
        }
        guard !once, !admin.json, isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1 else {
            let answer = try await admin.connected { try await $0.load.measureTenants(request) }
            return try admin.show(answer.tenants, json: answer)
        }
        try await admin.connected { try await TopWatch(request, $0).run() }
    }
}
