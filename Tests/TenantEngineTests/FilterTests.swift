import ChromaModel
import TenantStorage
import TestSupport
import Testing

@testable import TenantEngine

/// The table of protocol §4.2, asked of records in memory and of the same in a segment.
@Suite("Filters")
struct FilterTests {
    private static let big: Int64 = 1 << 53

    /// One record a letter; `z` has nothing at all.
    private static let records: [(String, document: String?, [String: MetadataValue])] = [
        ("a", "the Cat sat", ["v": .int(1)]),
        ("b", "a cat\nand a dog", ["v": .float(1)]),
        ("c", "caf\u{e9}", ["v": .float(1.5)]),
        ("d", "", ["v": .string("1")]),
        ("e", nil, ["v": .bool(true)]),
        ("f", "100% \\d", ["v": .ints([1, 2])]),
        ("g", nil, ["v": .strings(["x", "caf\u{e9}"])]),
        ("h", nil, ["v": .floats([1, 2.5])]),
        ("i", nil, ["v": .bools([true])]),
        ("j", nil, ["v": .int(big)]),
        ("k", nil, ["v": .int(big + 1)]),
        ("l", nil, ["v": .float(9_007_199_254_740_992)]),
        ("m", nil, ["v": .int(.max)]),
        ("n", nil, ["v": .float(0x1p63)]),
        ("o", nil, ["v": .sparse(SparseVector(indices: [1], values: [1], tokens: nil))]),
        ("z", nil, [:]),
    ]
    private static let everyone = records.map(\.0).joined()

    private static func v(_ predicate: MetadataPredicate) -> Where {
        .metadata(MetadataKey("v"), predicate)
    }

    private static func but(_ letters: String) -> String {
        everyone.filter { !letters.contains($0) }
    }

    private static let one = FilterScalar.number(.int(1))
    private static let onePointZero = FilterScalar.number(.float(1))

    static let table: [(name: String, Where, expected: String)] = [
        // Equality: numbers exactly across int and float, no other type ever.
        ("= 1", v(.equal(one)), "ab"), ("= 1.0", v(.equal(onePointZero)), "ab"),
        ("= '1'", v(.equal(.string("1"))), "d"), ("= true", v(.equal(.bool(true))), "e"),
        ("= false", v(.equal(.bool(false))), ""), ("= 1.5", v(.equal(.number(.float(1.5)))), "c"),
        ("≠ 1", v(.notEqual(one)), but("ab")), ("≠ '1'", v(.notEqual(.string("1"))), but("d")),
        ("= 'caf\u{e9}'", v(.equal(.string("caf\u{e9}"))), ""),
        // Two spellings of a text are two operands.
        (
            "either spelling in a document",
            .any([.document(.contains("cafe\u{301}")), .document(.contains("caf\u{e9}"))]), "c"
        ),
        (
            "either spelling in an array",
            .any([
                v(.contains(.string("cafe\u{301}"))), v(.contains(.string("caf\u{e9}"))),
            ]), "g"
        ),
        ("= 2⁵³", v(.equal(.number(.int(big)))), "jl"),
        ("= 2⁵³+1", v(.equal(.number(.int(big + 1)))), "k"),
        ("= 2⁵³ as float", v(.equal(.number(.float(0x1p53)))), "jl"),
        ("= 2⁶³ as float", v(.equal(.number(.float(0x1p63)))), "n"),
        ("= max", v(.equal(.number(.int(.max)))), "m"),
        // Order: never on texts, bools or arrays.
        ("> 1", v(.greater(.int(1))), "cjklmn"), ("≥ 1", v(.greaterOrEqual(.int(1))), "abcjklmn"),
        ("> 1.25", v(.greater(.float(1.25))), "cjklmn"),
        ("≥ 1.5", v(.greaterOrEqual(.float(1.5))), "cjklmn"),
        ("< 1.5", v(.less(.float(1.5))), "ab"), ("≤ 1.5", v(.lessOrEqual(.float(1.5))), "abc"),
        ("< 1", v(.less(.int(1))), ""), ("≤ 1.0", v(.lessOrEqual(.float(1))), "ab"),
        ("> 2⁵³", v(.greater(.int(big))), "kmn"),
        ("> 2⁵³ as float", v(.greater(.float(0x1p53))), "kmn"),
        ("< 2⁵³+1", v(.less(.int(big + 1))), "abcjl"), ("> max", v(.greater(.int(.max))), "n"),
        ("< 2⁶³ as float", v(.less(.float(0x1p63))), "abcjklm"),
        ("> −∞", v(.greater(.float(-.infinity))), "abcjklmn"),
        ("> NaN", v(.greater(.float(.nan))), ""), ("= NaN", v(.equal(.number(.float(.nan)))), ""),
        // Lists.
        ("in [1, 'x']", v(.isIn([one, .string("1")])), "abd"),
        ("in [1.0, 1.5]", v(.isIn([onePointZero, .number(.float(1.5))])), "abc"),
        ("in [2⁵³+1]", v(.isIn([.number(.int(big + 1))])), "k"),
        ("in [2⁵³ as float]", v(.isIn([.number(.float(0x1p53))])), "jl"),
        ("in [2⁶³ as float]", v(.isIn([.number(.float(0x1p63))])), "n"),
        ("not in [1]", v(.isNotIn([one])), but("ab")),
        ("not in [true]", v(.isNotIn([.bool(true)])), but("e")),
        ("in []", v(.isIn([])), ""), ("not in []", v(.isNotIn([])), everyone),
        // Arrays: membership of exactly the type, on arrays only.
        ("contains 1", v(.contains(one)), "f"), ("contains 1.0", v(.contains(onePointZero)), "h"),
        ("contains 'x'", v(.contains(.string("x"))), "g"),
        ("contains 'cafe\u{301}'", v(.contains(.string("cafe\u{301}"))), ""),
        ("contains true", v(.contains(.bool(true))), "i"),
        ("does not contain 1", v(.doesNotContain(one)), but("f")),
        ("does not contain '1'", v(.doesNotContain(.string("1"))), everyone),
        // A key nobody has.
        ("missing = 1", .metadata(MetadataKey("w"), .equal(one)), ""),
        ("missing ≠ 1", .metadata(MetadataKey("w"), .notEqual(one)), everyone),
        ("missing > 1", .metadata(MetadataKey("w"), .greater(.int(1))), ""),
        ("missing not in", .metadata(MetadataKey("w"), .isNotIn([one])), everyone),
        ("empty key ≠ 1", .metadata(MetadataKey(""), .notEqual(one)), everyone),
        // Documents.
        ("cat", .document(.contains("cat")), "b"), ("Cat", .document(.contains("Cat")), "a"),
        ("no cat", .document(.doesNotContain("cat")), but("b")),
        ("''", .document(.contains("")), "abcdf"),
        ("no ''", .document(.doesNotContain("")), but("abcdf")),
        ("%", .document(.contains("%")), "f"), (".", .document(.contains(".")), ""),
        ("caf\u{e9}", .document(.contains("caf\u{e9}")), "c"),
        ("cafe\u{301}", .document(.contains("cafe\u{301}")), ""),
        ("(?i)CAT", .document(.matches(regex: "(?i)CAT")), "ab"),
        ("^a", .document(.matches(regex: "^a")), "b"),
        ("^and", .document(.matches(regex: "^and")), ""),
        ("(?m)^and", .document(.matches(regex: "(?m)^and")), "b"),
        ("cat.and", .document(.matches(regex: "cat.and")), ""),
        ("(?s)cat.and", .document(.matches(regex: "(?s)cat.and")), "b"),
        ("no regex", .document(.doesNotMatch(regex: "[Cc]at")), but("ab")),
        (#"\\d"#, .document(.matches(regex: #"\\d"#)), "f"),
        ("empty regex", .document(.matches(regex: "")), "abcdf"),
        // Ids.
        ("id in", .id(.isIn([RecordID("c"), RecordID("a"), RecordID("?")])), "ac"),
        ("id not in", .id(.isNotIn([RecordID("c"), RecordID("a")])), but("ac")),
        ("id in []", .id(.isIn([])), ""), ("id not in []", .id(.isNotIn([])), everyone),
        // Trees.
        ("all of none", .all([]), everyone), ("any of none", .any([]), ""),
        ("and", .all([v(.equal(one)), .document(.contains("dog"))]), "b"),
        ("or", .any([v(.equal(one)), .document(.contains("%"))]), "abf"),
        (
            "nested", .any([.all([v(.greater(.int(1))), .id(.isIn([RecordID("c")]))]), .any([])]),
            "c"
        ),
    ]

    /// - Parameter others: records with nothing at all, behind those of the table.
    private static func world(others: Int = 0) async throws -> (EngineWorld, CollectionID) {
        let world = try await EngineWorld()
        let id = try await world.createCollection("filters").id
        try await world.write(
            .add,
            .of(
                records.map(\.0), documents: records.map(\.document),
                metadatas: records.map { $0.2 }), to: id)
        if others > 0 {
            try await world.write(.add, .of((0..<others).map { "other \($0)" }), to: id)
        }
        return (world, id)
    }

    @Test(
        "select what the table says, in memory, from a segment and from its indexes alike",
        arguments: [0, SegmentFormat.indexedRowsMin])
    func goldenTable(others: Int) async throws {
        let (world, id) = try await Self.world(others: others)
        for life in ["memory", "segment"] {
            for (name, filter, expected) in Self.table {
                let ids = try await world.ids(id, where: filter)
                let found = ids.filter { !$0.hasPrefix("other") }.joined()
                #expect(found == expected, "\(life): \(name)")
            }
            try await world.seal()
        }
        await world.host.close()
    }

    @Test("are ANDed with ids, and come before offset and limit")
    func withIDs() async throws {
        let (world, id) = try await Self.world()
        let filter = Self.v(.greater(.int(0)))
        #expect(try await world.ids(id, where: filter, ids: ["z", "c", "a"]) == ["a", "c"])
        #expect(try await world.ids(id, where: filter, offset: 1, limit: 2) == ["b", "c"])
        #expect(try await world.ids(id, where: .any([]), ids: ["a"]) == [])
        await world.host.close()
    }

    @Test("a pattern with a syntax error is refused, on an empty collection too")
    func badPattern() async throws {
        let world = try await EngineWorld()
        let id = try await world.createCollection("empty").id
        for filter in [
            Where.document(.matches(regex: "(")),
            .any([.all([.document(.doesNotMatch(regex: "["))])]),
        ] {
            let error = await #expect(throws: ServiceError.self) {
                try await world.ids(id, where: filter)
            }
            #expect(error?.code == .invalidArgument)
            #expect(error?.message.hasPrefix("Regex syntax errror: regex parse error: ") == true)
        }
        await world.host.close()
    }

    @Test("a hundred thousand operands and a thousand branches are served")
    func large() async throws {
        let (world, id) = try await Self.world()
        let numbers = (0..<100_000).map { FilterScalar.number(.int(Int64($0))) }
        #expect(try await world.ids(id, where: Self.v(.isIn(numbers))) == ["a", "b"])
        let branches = (0..<1_000).map { Self.v(.equal(.number(.int(Int64($0))))) }
        #expect(try await world.ids(id, where: .any(branches)) == ["a", "b"])
        let nested = (0..<60).reduce(Self.v(.equal(Self.one))) { tree, _ in .all([.any([tree])]) }
        #expect(try await world.ids(id, where: nested) == ["a", "b"])
        await world.host.close()
    }
}
