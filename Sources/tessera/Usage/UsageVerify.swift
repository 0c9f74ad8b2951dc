import AdminClient
import ArgumentParser
import Billing
import ChromaModel
import FoundationEssentials

/// `tessera usage verify`
struct UsageVerify: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Check a receipt, without any server.",
        discussion: """
            Ends with 1 when it was changed, is not signed by the key, or does not add up. Without \
            --public-key it shows only that nothing was changed since whoever has the key that it \
            names signed it.
            """)

    @Argument(help: "The receipt's file.")
    var file: String
    @Option(help: "The key that must have signed it, as `tessera usage key` shows it.")
    var publicKey: String?

    func run() throws {
        let bytes = try ToolExit.couldNotRun {
            Array(try Data(contentsOf: URL(filePath: file)))
        }
        let statement: ReceiptStatement
        do throws(ServiceError) {
            statement = try SignedReceipt.verify(bytes, publicKey: publicKey)
        } catch {
            StandardOutput.print("bad: \(TextTable.printable(error.message))")
            throw ExitCode.failure
        }
        say(statement)
    }

    private func say(_ statement: ReceiptStatement) {
        let kind = statement.isFinal ? "final" : "provisional"
        let facts = [
            "good: \(kind) receipt of \(statement.tenant) (\(statement.tenantID)) for"
                + " \(statement.period), issued \(statement.issued), \(statement.cells) cells",
            "costs: \(statement.cost) \(statement.currency) by price book \(statement.priceBook)",
        ]
        for fact in facts { StandardOutput.print(TextTable.printable(fact)) }
        for source in statement.incompleteSources {
            StandardOutput.print(TextTable.printable("not all reported by: \(source)"))
        }
        var table = TextTable("METER", "QUANTITY", "UNIT", "COST")
        for total in statement.totals {
            table.add(total.meter, total.quantity, total.unit, total.cost)
        }
        for line in table.lines { StandardOutput.print(line) }
        if publicKey == nil {
            StandardOutput.print("the key was not checked: give it with --public-key")
        }
    }
}
