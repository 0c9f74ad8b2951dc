import ArgumentParser
import FoundationEssentials
import SwiftProtobuf
import TesseraRPC

/// Which usage a command is about.
struct UsageOptions: ParsableArguments {
    @Option(help: "The tenant's name. Default: all tenants, for an operator.")
    var tenant: String?
    @Option(help: "One meter, such as written_bytes. Default: all.")
    var meter: String = ""
    @Option(help: "minute, hour, day or period (a month).")
    var window: String = ""
    @Option(
        help: ArgumentHelp(
            "What to tell apart: database, collection, credential, label:KEY, with commas between.",
            valueName: "words"))
    var groupBy: String = ""
    @Option(help: "From then on, such as 2026-11-01 or 2026-11-01T12:00:00Z.", transform: time)
    var from: Google_Protobuf_Timestamp?
    @Option(help: "Until before then.", transform: time)
    var until: Google_Protobuf_Timestamp?
    @Option(help: "What is billed in a month, such as 2026-11. Default: this month.")
    var period: String = ""

    /// The resource name that stands for it.
    var parent: String { ResourceName("tenants", tenant ?? "-").description }

    private static func time(_ text: String) throws -> Google_Protobuf_Timestamp {
        let whole = text.utf8.count == 10 ? text + "T00:00:00Z" : text
        guard let time = try? Google_Protobuf_Timestamp(jsonString: "\"\(whole)\"") else {
            throw ValidationError("\(text) is no time; write it like 2026-11-01T12:00:00Z.")
        }
        return time
    }
}
