import ChromaModel
import Platform
import TestSupport
import Testing

@testable import Billing

struct ReceiptTests {
    @Test("a receipt that nobody touched is good, and says the sum of its cells")
    func good() throws {
        let random = SeededRandom(seed: 1)
        let lines = try Samples.lines(20, random)
        let receipt = try Samples.receipt(lines, random)
        let statement = try SignedReceipt.verify(
            receipt.encoded() + [10], publicKey: receipt.publicKey)
        #expect(statement.tenant == "acme" && statement.cells == 20)
        for total in statement.totals {
            let sum = lines.filter { $0.meter == total.meter }.map(\.quantity).reduce(0, +)
            #expect(total.quantity == "\(sum)")
        }
        let nothing = try Samples.receipt([], random)
        #expect(try SignedReceipt.verify(nothing.encoded(), publicKey: nil).cost == "0")
    }

    @Test("a receipt of which any one byte is another is refused")
    func tampering() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed \(seed)")
        let random = SeededRandom(seed: seed)
        let receipt = try Samples.receipt(try Samples.lines(6, random), random)
        let file = try receipt.encoded()
        for place in file.indices {
            var changed = file
            changed[place] ^= UInt8(1 + random.below(255))
            #expect(throws: ServiceError.self, "byte \(place)") {
                try SignedReceipt.verify(changed, publicKey: receipt.publicKey)
            }
        }
        for place in [0, 1, file.count / 2, file.count - 1] {
            #expect(throws: ServiceError.self) {
                try SignedReceipt.verify(Array(file[..<place]), publicKey: nil)
            }
        }
    }

    @Test("what is signed anew with another key is refused by who knows the key")
    func otherKey() throws {
        let random = SeededRandom(seed: 2)
        let lines = try Samples.lines(3, random)
        let known = try Samples.receipt(lines, random)
        let forged = try Samples.receipt(Array(lines.dropLast()), random)
        #expect(known.publicKey != forged.publicKey)
        #expect(throws: Never.self) {
            try SignedReceipt.verify(forged.encoded(), publicKey: nil)
        }
        #expect(throws: ServiceError.self) {
            try SignedReceipt.verify(forged.encoded(), publicKey: known.publicKey)
        }
    }

    @Test("a cell left out, doubled or swapped for another receipt's is refused")
    func cells() throws {
        let random = SeededRandom(seed: 3)
        let receipt = try Samples.receipt(try Samples.lines(5, random), random)
        let other = try Samples.receipt(try Samples.lines(5, random), random)
        let swapped = [other.cells[0]] + receipt.cells.dropFirst()
        for cells in [
            Array(receipt.cells.dropLast()), receipt.cells + [receipt.cells[0]], swapped,
            receipt.cells.reversed(),
        ] {
            var forged = receipt
            forged.cells = cells
            #expect(throws: ServiceError.self) {
                try SignedReceipt.verify(forged.encoded(), publicKey: nil)
            }
        }
    }

    @Test("each cell can be proven alone, and a proof with any one byte changed is refused")
    func inclusion() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed \(seed)")
        let random = SeededRandom(seed: seed)
        let lines = try Samples.lines(7, random)
        let receipt = try Samples.receipt(lines, random)
        for line in lines {
            let file = try receipt.proof(ofLine: line.id).encoded()
            let proven = try InclusionProof.verify(file + [10], publicKey: receipt.publicKey)
            #expect(proven.cell == ReceiptCell(line) && proven.statement.cells == 7)
            for place in file.indices {
                var changed = file
                changed[place] ^= UInt8(1 + random.below(255))
                #expect(throws: ServiceError.self, "byte \(place)") {
                    try InclusionProof.verify(changed, publicKey: receipt.publicKey)
                }
            }
        }
        #expect(throws: ServiceError.self) { try receipt.proof(ofLine: "none") }
        let stranger = try Samples.receipt(try Samples.lines(7, random), random)
        var moved = try receipt.proof(ofLine: lines[0].id)
        moved.cell = stranger.cells[0]
        #expect(throws: ServiceError.self) {
            try InclusionProof.verify(moved.encoded(), publicKey: nil)
        }
    }

    @Test("usage of another tenant or another month makes no receipt")
    func strangers() throws {
        let random = SeededRandom(seed: 4)
        var line = try Samples.lines(1, random)[0]
        line.tenantID = "t2"
        #expect(throws: ServiceError.self) { try Samples.receipt([line], random) }
        line.tenantID = "t1"
        line.endMilliseconds += 40 * 86_400_000
        #expect(throws: ServiceError.self) { try Samples.receipt([line], random) }
        // What came too late for its own month is in a later one.
        line.startMilliseconds -= 40 * 86_400_000
        line.isCorrection = true
        #expect(throws: Never.self) { try Samples.receipt([line], random) }
    }

    @Test("the key is made once, stays the same, and is nobody else's to read")
    func keyFile() throws {
        let disk = PosixFileSystem()
        let path = "/tmp/tessera-receipt-key-\(UInt64.random(in: 0...UInt64.max))"
        defer { try? disk.removeFile(path) }
        let first = try ReceiptKey(
            file: path, fileSystem: disk, random: SystemRandomSource())
        let second = try ReceiptKey(
            file: path, fileSystem: disk, random: SystemRandomSource())
        #expect(first.publicKey == second.publicKey)
        try disk.writeAtomically(Array("nonsense\n".utf8), to: path)
        #expect(throws: ServiceError.self) {
            try ReceiptKey(file: path, fileSystem: disk, random: SystemRandomSource())
        }
    }
}
