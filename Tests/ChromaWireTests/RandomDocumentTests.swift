import ChromaModel
import NIOCore
import TestSupport
import Testing

@testable import ChromaWire

@Suite("Random documents")
struct RandomDocumentTests {
    /// A random JSON text, spaces included, of at most `depth` levels.
    private func document(_ random: SeededRandom, depth: Int) -> String {
        let space = ["", " ", "\n\t", "\r "][random.below(4)]
        let choice = random.below(depth > 0 ? 8 : 6)
        let text: String
        switch choice {
        case 0: text = "null"
        case 1: text = "true"
        case 2: text = "\(Int64(bitPattern: random.next()))"
        case 3: text = "\(Double(random.unitFloat()))"
        case 4, 5: text = string(random)
        case 6:
            let items = (0..<random.below(4)).map { _ in document(random, depth: depth - 1) }
            text = "[\(items.joined(separator: ","))]"
        default:
            let items = (0..<random.below(4)).map { _ in
                string(random) + ":" + document(random, depth: depth - 1)
            }
            text = "{\(items.joined(separator: ","))}"
        }
        return space + text + space
    }

    private func string(_ random: SeededRandom) -> String {
        let pieces = [
            "a", "é", "😀", #"\""#, #"\\"#, #"\/"#, #"\n"#, #"\u0000"#, #"\ud83d\ude00"#, "01234567",
        ]
        return "\"" + (0..<random.below(6)).map { _ in pieces[random.below(pieces.count)] }.joined()
            + "\""
    }

    private func isJSON(_ text: String) -> Bool {
        let parsed = try? withBytes(text) { bytes in
            try JSONScanner.read(bytes) { (scanner) throws(JSONFailure) in
                try scanner.skipValue()
            }
        }
        return parsed != nil
    }

    @Test("random documents are JSON; with a bracket or quote more or less they aren't")
    func documents() {
        let random = SeededRandom(seed: .random(in: 0...UInt64.max))
        for _ in 0..<2_000 {
            let text = document(random, depth: 5)
            #expect(isJSON(text), "\(text) (seed \(random.seed))")
            for broken in ["[" + text, text + "]", "{" + text + "}", text + ",", "\"" + text] {
                #expect(!isJSON(broken), "\(broken) (seed \(random.seed))")
            }
        }
    }

    @Test("random strings are written so that they read back byte for byte")
    func strings() throws {
        let random = SeededRandom(seed: .random(in: 0...UInt64.max))
        for _ in 0..<5_000 {
            var text = ""
            for _ in 0..<random.below(40) {
                let scalar = Unicode.Scalar(
                    UInt32(random.below(random.below(2) == 0 ? 0x80 : 0x11_0000)))
                text.unicodeScalars.append(scalar ?? "\\")
            }
            let json = written { SystemResponse.write(string: text, into: &$0) }
            let back = try withBytes(json) { bytes in
                try JSONScanner.read(bytes) { (scanner) throws(JSONFailure) in
                    try scanner.string()
                }
            }
            #expect(back.isByteEqual(to: text), "\(json) (seed \(random.seed))")
        }
    }
}
