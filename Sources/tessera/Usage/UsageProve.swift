import ArgumentParser
import Billing
import ChromaModel
import FoundationEssentials

/// `tessera usage prove`
struct UsageProve: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prove", abstract: "Prove that one line is in a receipt, without the others.",
        discussion: "The receipt is checked first. Check the proof with verify, as a receipt.")

    @Argument(help: "The receipt's file.")
    var file: String
    @Argument(help: "The line's id, as cells of the receipt have it.")
    var id: String
    @Option(name: .shortAndLong, help: "A file to write to. Default: standard output.")
    var output: String?

    func run() throws {
        let bytes = try ToolExit.couldNotRun {
            Array(try Data(contentsOf: URL(filePath: file)))
        }
        let proof = try ToolExit.couldNotRun {
            _ = try SignedReceipt.verify(bytes, publicKey: nil)
            return try SignedReceipt(verified: bytes).proof(ofLine: id).encoded()
        }
        let sink = try OutputFile(output)
        try sink.write(Data(proof + [UInt8(ascii: "\n")]))
        try sink.finish()
    }
}
