import AdminClient
import ArgumentParser
import SwiftProtobuf
import TesseraRPC

/// `tessera usage query`
struct UsageQuery: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "query", abstract: "Show what was used, and what it costs.",
        discussion: "What is marked with + still grows: its hours are not folded yet.")

    @OptionGroup var usage: UsageOptions
    @OptionGroup var admin: AdminOptions

    func run() async throws {
        let request = AdminQueryUsageRequest.with {
            $0.parent = usage.parent
            $0.meter = usage.meter
            $0.window = usage.window
            $0.groupBy = usage.groupBy
            if let from = usage.from { $0.startTime = from }
            if let until = usage.until { $0.endTime = until }
            $0.period = usage.period
            $0.pageSize = 1000
        }
        let rows = try await admin.connected { connection in
            try await everyPage { token in
                var request = request
                request.pageToken = token
                let answer = try await connection.usage.queryUsage(request)
                return (answer.usage, answer.nextPageToken)
            }
        }
        try admin.show(rows, json: AdminQueryUsageResponse.with { $0.usage = rows })
    }
}
