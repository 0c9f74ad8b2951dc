import AdminClient
import ArgumentParser
import GRPCCore
import SwiftProtobuf
import TesseraRPC

/// `tessera usage export`
struct UsageExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write usage for other tools.",
        discussion: """
            Formats: csv, jsonl, cloudevents, focus-1.2. A line has the same id in every export, \
            so importing one twice is harmless where ids are kept.
            """)

    @Option(help: "csv, jsonl, cloudevents or focus-1.2.")
    var format = "csv"
    @Option(name: .shortAndLong, help: "A file to write to. Default: standard output.")
    var output: String?
    @Flag(help: "Also what still grows: for looking at, not for importing.")
    var includeOpen = false
    @Option(help: "The version of the price book. Default: the one in force.")
    var priceBook: String = ""
    @OptionGroup var usage: UsageOptions
    @OptionGroup var admin: AdminOptions

    func run() async throws {
        let request = AdminExportUsageRequest.with {
            $0.parent = usage.parent
            $0.format = format
            $0.meter = usage.meter
            $0.window = usage.window
            $0.groupBy = usage.groupBy
            if let from = usage.from { $0.startTime = from }
            if let until = usage.until { $0.endTime = until }
            $0.period = usage.period
            $0.includeOpen = includeOpen
            $0.priceBook = priceBook
        }
        let sink = try OutputFile(output)
        try await admin.connected { connection in
            try await connection.usage.exportUsage(
                request, options: AdminConnection.downloadOptions
            ) { response in
                for try await chunk in response.messages { try sink.write(chunk.data) }
            }
        }
        try sink.finish()
    }
}
