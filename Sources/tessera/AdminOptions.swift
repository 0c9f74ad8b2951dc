import AdminClient
import ArgumentParser
import FoundationEssentials
import SwiftProtobuf
import TesseraRPC

/// The flags that every command of the admin API takes.
struct AdminOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The admin API's gRPC address.",
            discussion: """
                Default: \(AdminTarget.endpointVariable), else what DIR/endpoints.json says, else \
                \(AdminTarget.endpointDefault).
                """,
            valueName: "url"))
    var endpoint: String?

    @Option(
        help: ArgumentHelp(
            "An operator's token, or an admin's of the tenant.",
            discussion: """
                Default: \(AdminTarget.tokenVariable), else the one in DIR/bootstrap.json. Other \
                users of this machine see a command's flags; prefer the variable.
                """))
    var token: String?

    @Option(help: ArgumentHelp("The data directory of a server on this machine.", valueName: "dir"))
    var dataDir: String?

    @Option(
        help: ArgumentHelp(
            "PEM file of the issuers to trust, when the endpoint is https.",
            discussion: "Default: \(AdminTarget.issuersVariable), else those of this machine.",
            valueName: "file"))
    var ca: String?

    @Flag(help: "Print protobuf JSON instead of a table.")
    var json = false

    /// Runs `work` with a connection to the admin API.
    func connected<Result: Sendable>(
        _ work: @Sendable (AdminConnection) async throws -> Result
    ) async throws -> Result {
        let target = try AdminTarget(
            endpoint: endpoint, token: token, dataDirectory: dataDir, issuersFile: ca,
            environment: ProcessInfo.processInfo.environment)
        return try await AdminConnection.open(target, work)
    }

    /// Prints rows as a table, or the message they came in as JSON.
    func show<Row: TableRow>(_ rows: [Row], json message: some Message) throws {
        guard !json else { return try show(json: message) }
        var table = Row.emptyTable
        for row in rows { row.append(to: &table) }
        for line in table.lines { print(line) }
    }

    func show(_ row: some TableRow) throws { try show([row], json: row) }

    func show(json message: some Message) throws {
        print(String(decoding: try message.adminJSON(), as: UTF8.self))
    }
}
