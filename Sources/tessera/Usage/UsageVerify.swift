import AdminClient
import ArgumentParser
import Billing
import ChromaModel
import FoundationEssentials

/// `tessera usage verify`
struct UsageVerify: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Check a receipt, or the proof of one line.",
        discussion: """
            It needs no server. Ends with 1 when the file was changed, is not signed by the key, \
            or does not add up. Without --public-key it shows only that nothing was changed since \
            whoever has the key that it names signed it.
            """)

    @Argument(help: "The receipt's file, or the proof's.")
    var file: String
    @Option(help: "The key that must have signed it, as `tessera usage key` shows it.")
    var publicKey: String?

    func run() throws {
        let bytes = try ToolExit.couldNotRun {
            Array(try Data(contentsOf: URL(filePath: file)))
        }
        do throws(ServiceError) {
            if bytes.starts(with: Self.proofStart) {
                say(try InclusionProof.verify(bytes, publicKey: publicKey))
            } else {
                say(try SignedReceipt.verify(bytes, publicKey: publicKey))
            }
        } catch {
            StandardOutput.print("bad: \(TextTable.printable(error.message))")
            throw ExitCode.failure
        }
        if publicKey == nil {
            StandardOutput.print("the key was not checked: give it with --public-key")
        }
    }

    /// A proof has one cell, a receipt has cells. Either's own check is of every byte.
    private static let proofStart = Array("{\"cell\":".utf8)

    private func say(_ proven: (statement: ReceiptStatement, cell: ReceiptCell)) {
        let cell = proven.cell
        let words =
            "good: \(cell.quantity) \(cell.unit) of \(cell.meter) from \(cell.start) to"
            + " \(cell.end) are in the receipt of \(proven.statement.tenant) for"
            + " \(proven.statement.period)"
        StandardOutput.print(TextTable.printable(words))
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
    }
}
