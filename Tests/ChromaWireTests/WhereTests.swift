import ChromaModel
import Testing

@testable import ChromaWire

@Suite("Filters")
struct WhereTests {
    private func filter(_ json: String, _ documentJSON: String = "null") throws -> Where? {
        try withBytes(#"{"where":\#(json),"where_document":\#(documentJSON)}"#) {
            try GetBody.parse($0).request.selection.filter
        }
    }

    private static func field(_ predicate: MetadataPredicate) -> Where {
        .metadata(MetadataKey("k"), predicate)
    }

    @Test(
        "every operator reads as what it means",
        arguments: [
            (#"{"k":"x"}"#, field(.equal(.string("x")))),
            (#"{"k":true}"#, field(.equal(.bool(true)))),
            (#"{"k":1}"#, field(.equal(.number(.int(1))))),
            (#"{"k":1.0}"#, field(.equal(.number(.float(1))))),
            (#"{"k":{"$eq":1}}"#, field(.equal(.number(.int(1))))),
            (#"{"k":{"$ne":"x"}}"#, field(.notEqual(.string("x")))),
            (#"{"k":{"$gt":1}}"#, field(.greater(.int(1)))),
            (#"{"k":{"$gte":1.5}}"#, field(.greaterOrEqual(.float(1.5)))),
            (#"{"k":{"$lt":-1}}"#, field(.less(.int(-1)))),
            (#"{"k":{"$lte":0}}"#, field(.lessOrEqual(.int(0)))),
            (#"{"k":{"$in":["a","b"]}}"#, field(.isIn([.string("a"), .string("b")]))),
            (#"{"k":{"$nin":[true]}}"#, field(.isNotIn([.bool(true)]))),
            (
                #"{"k":{"$in":[1.5,2]}}"#,
                field(.isIn([.number(.float(1.5)), .number(.float(2))]))
            ),
            (#"{"k":{"$contains":1}}"#, field(.contains(.number(.int(1))))),
            (#"{"k":{"$not_contains":"x"}}"#, field(.doesNotContain(.string("x")))),
            (##"{"#document":{"$contains":"x"}}"##, .document(.contains("x"))),
            (##"{"#document":{"$not_contains":"x"}}"##, .document(.doesNotContain("x"))),
            (##"{"#document":{"$regex":"^a"}}"##, .document(.matches(regex: "^a"))),
            (##"{"#document":{"$not_regex":"^a"}}"##, .document(.doesNotMatch(regex: "^a"))),
            (##"{"#id":"a"}"##, .id(.isIn([RecordID("a")]))),
            (##"{"#id":{"$ne":"a"}}"##, .id(.isNotIn([RecordID("a")]))),
            (##"{"#id":{"$in":["a"]}}"##, .id(.isIn([RecordID("a")]))),
            (##"{"#id":{"$nin":["a"]}}"##, .id(.isNotIn([RecordID("a")]))),
            (#"{"$and":[]}"#, .all([])), (#"{"$or":[]}"#, .any([])),
            (
                #"{"$or":[{"k":1},{"$and":[{"k":2}]}]}"#,
                .any([
                    field(.equal(.number(.int(1)))),
                    .all([field(.equal(.number(.int(2))))]),
                ])
            ),
            (
                ##"{"#document":"x"}"##,
                .metadata(MetadataKey("#document"), .equal(.string("x")))
            ),
            (#"{"":1}"#, .metadata(MetadataKey(""), .equal(.number(.int(1))))),
            (
                #"{"k":18446744073709551616}"#,
                field(.equal(.number(.float(18_446_744_073_709_551_616))))
            ),
        ])
    func operators(json: String, expected: Where) throws {
        #expect(try filter(json) == expected)
    }

    @Test(
        "everything outside the grammar is an invalid clause",
        arguments: [
            "{}", "[]", #""x""#, "1", #"{"a":1,"b":2}"#, #"{"a":null}"#, #"{"a":{}}"#,
            #"{"a":{"$eq":null}}"#, #"{"a":{"$foo":1}}"#, #"{"a":{"$eq":1,"$ne":2}}"#,
            #"{"$foo":1}"#, #"{"$and":{}}"#, #"{"$and":[{}]}"#, #"{"$or":1}"#,
            #"{"a":{"$gt":"x"}}"#, #"{"a":{"$lt":true}}"#, #"{"a":{"$in":[]}}"#,
            #"{"a":{"$in":1}}"#, #"{"a":{"$eq":[1]}}"#, #"{"a":{"$in":[1,"x"]}}"#,
            #"{"a":{"$in":[1,2.5]}}"#, #"{"a":{"$in":[1,18446744073709551616]}}"#,
            #"{"a":9223372036854775808}"#, #"{"a":{"$regex":"x"}}"#, #"{"a":[1]}"#,
            ##"{"#document":{"$contains":5}}"##, ##"{"#document":{"$regex":true}}"##,
            #"{"a":{"$eq":{"b":1}}}"#,
        ])
    func invalid(json: String) {
        let error = refusal(of: #"{"where":\#(json)}"#) { try GetBody.parse($0) }
        #expect(error?.code == .invalidArgument)
        #expect(error?.message == "Invalid where clause")
    }

    @Test(
        "document filters have their own grammar",
        arguments: [
            "{}", "[]", #"{"$contains":5}"#, #"{"a":"x"}"#, #"{"$eq":"x"}"#, #"{"$and":1}"#,
            #"{"$contains":"a","$regex":"b"}"#, #"{"$contains":null}"#,
        ])
    func invalidDocument(json: String) {
        let error = refusal(of: #"{"where_document":\#(json)}"#) { try GetBody.parse($0) }
        #expect(error?.message == "Invalid where document clause")
    }

    @Test("where and where_document are both to hold")
    func combined() throws {
        let both = try filter(
            #"{"k":1}"#, #"{"$or":[{"$contains":"a"},{"$not_regex":"b"}]}"#)
        let document = Where.any([
            .document(.contains("a")), .document(.doesNotMatch(regex: "b")),
        ])
        #expect(both == .all([Self.field(.equal(.number(.int(1)))), document]))
        #expect(try filter("null", #"{"$contains":"a"}"#) == .document(.contains("a")))
        #expect(try filter("null") == nil)
    }
}
