import ChromaModel
import Testing

@testable import ChromaWire

@Suite("Metadata values")
struct MetadataValueTests {
    private func value(_ json: String) throws -> MetadataValue? {
        try withBytes(#"{"ids":["a"],"embeddings":[[1]],"metadatas":[{"k":\#(json)}]}"#) {
            try parseAdd($0).metadatas?[0]?.changes.last?.value
        }
    }

    @Test(
        "every JSON value has the type the protocol gives it",
        arguments: [
            ("true", MetadataValue.bool(true)), ("1", .int(1)), ("1.0", .float(1)),
            ("1e2", .float(100)), ("-9223372036854775808", .int(.min)),
            ("9223372036854775807", .int(.max)),
            ("9223372036854775808", .float(9_223_372_036_854_775_808)),
            ("18446744073709551616", .float(18_446_744_073_709_551_616)),
            ("-9223372036854775809", .float(-9_223_372_036_854_775_809)),
            ("9007199254740993", .int(9_007_199_254_740_993)),
            ("5e-324", .float(5e-324)), ("1e-400", .float(0)),
            (#""x\n\u0000é\ud83d\ude00""#, .string("x\n\0é😀")),
            ("[true,false]", .bools([true, false])), ("[1,2]", .ints([1, 2])),
            ("[1,2.5]", .floats([1, 2.5])), (#"["a"]"#, .strings(["a"])), ("[]", .bools([])),
            (
                #"{"indices":[1,4],"values":[0.5,2],"extra":{}}"#,
                .sparse(SparseVector(indices: [1, 4], values: [0.5, 2], tokens: nil))
            ),
            (
                ##"{"#type":"sparse_vector","indices":[4294967295],"values":[1],"tokens":["a"]}"##,
                .sparse(SparseVector(indices: [.max], values: [1], tokens: ["a"]))
            ),
        ])
    func types(json: String, expected: MetadataValue) throws {
        #expect(try value(json) == expected)
    }

    @Test("a -0 keeps its sign, as a float")
    func negativeZero() throws {
        guard case .float(let zero) = try value("-0") else {
            Issue.record("not a float")
            return
        }
        #expect(zero == 0 && zero.sign == .minus)
    }

    @Test("what was read is written back with its type")
    func roundTrip() throws {
        let json = [
            "true", "1", "1.0", "-9223372036854775808", "1e+16", "0.1", #""q\"\\\n\u0001é""#,
            "[true]", "[1,2]", "[1.0,2.5]", #"["a","b"]"#,
            ##"{"#type":"sparse_vector","indices":[1],"values":[0.5],"tokens":null}"##,
        ]
        for text in json {
            let value = try #require(try value(text))
            let record = RecordView(
                id: RecordID("a"), metadata: Metadata([MetadataEntry(MetadataKey("k"), value)]))
            let shown = written {
                GetResponse.write(
                    records: [record], include: IncludeList([.metadatas]), into: &$0)
            }
            #expect(shown.contains(#""metadatas":[{"k":\#(text)}]"#), "\(shown)")
        }
    }
}
