import AdminClient
import ArgumentParser
import SwiftProtobuf
import TesseraRPC

/// `tessera audit list`
struct AuditList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Show the newest events, newest first.")

    @Option(help: "Only those of this tenant, and of those that had its name before.")
    var tenant: String?
    @Option(help: "How many events at most.")
    var limit = 100
    @OptionGroup var admin: AdminOptions

    func validate() throws {
        guard limit > 0 else { throw ValidationError("--limit must be at least 1.") }
    }

    func run() async throws {
        let tenant = tenant.map { ResourceName("tenants", $0).description } ?? ""
        let limit = limit
        let events = try await admin.connected { connection in
            var events: [AdminAuditEvent] = []
            var token = ""
            repeat {
                let rest = Int32(clamping: limit - events.count)
                let response = try await connection.audit.listAuditEvents(
                    .with {
                        $0.tenant = tenant
                        $0.pageSize = rest
                        $0.pageToken = token
                    })
                events += response.auditEvents
                token = response.nextPageToken
            } while !token.isEmpty && events.count < limit
            return events
        }
        try admin.show(events, json: AdminListAuditEventsResponse.with { $0.auditEvents = events })
    }
}
