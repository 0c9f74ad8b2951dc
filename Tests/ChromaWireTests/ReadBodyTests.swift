import ChromaModel
import Testing

@testable import ChromaWire

@Suite("Bodies of get, query and delete")
struct ReadBodyTests {
    @Test("a get with everything null is a get of everything")
    func emptyGet() throws {
        let text = """
            {"ids":null,"where":null,"limit":null,"offset":null,"where_document":null,
             "include":["metadatas","documents","metadatas"]}
            """
        let body = try withBytes(text) { try GetBody.parse($0) }
        #expect(body.request.selection.ids == nil)
        #expect(body.request.selection.filter == nil)
        #expect(body.request.limit == nil)
        #expect(body.request.offset == 0)
        #expect(body.request.include == [.metadatas, .documents])
        #expect(body.include.members == [.metadatas, .documents, .metadatas])
        let bare = try withBytes("{}") { try GetBody.parse($0) }
        #expect(bare.include == .getDefault)
    }

    @Test(
        "limits and offsets are unsigned integers of 32 bits",
        arguments: [
            ("-1", "limit: invalid value: integer `-1`, expected u32 at line 1 column 11"),
            ("1.5", "limit: invalid type: floating point `1.5`, expected u32"),
            (#""a""#, #"limit: invalid type: string "a", expected u32"#),
            ("4294967296", "limit: invalid value: integer `4294967296`, expected u32"),
            ("18446744073709551615", "limit: invalid value: integer `18446744073709551615`"),
        ])
    func badLimits(value: String, message: String) {
        expectRefusal(
            of: #"{"limit":\#(value)}"#, .unprocessable,
            RecordBatchBodyTests.shapePrefix + message
        ) { try GetBody.parse($0) }
    }

    @Test("include takes its five words and nothing else")
    func badInclude() {
        expectRefusal(
            of: #"{"include":["data"]}"#, .unprocessable,
            RecordBatchBodyTests.shapePrefix
                + "include[0]: unknown variant `data`, expected one of `distances`, `documents`, "
                + "`embeddings`, `metadatas`, `uris` at line 1 column 18"
        ) { try GetBody.parse($0) }
        expectRefusal(
            of: #"{"include":null}"#, .unprocessable,
            RecordBatchBodyTests.shapePrefix
                + "include: invalid type: null, expected a sequence at line 1 column 15"
        ) { try GetBody.parse($0) }
    }

    @Test("a query needs embeddings, as arrays, and takes ten neighbours")
    func query() throws {
        let body = try withBytes(#"{"query_embeddings":[[1.0,2.0]],"n_results":null}"#) {
            try QueryBody.parse($0)
        }
        #expect(body.request.resultCount == 10)
        #expect(body.include == .queryDefault)
        #expect(body.request.embeddings.rowCount == 1)
        let none = try withBytes(#"{"query_embeddings":[]}"#) { try QueryBody.parse($0) }
        #expect(none.request.embeddings.rowCount == 0)
        let prefix = RecordBatchBodyTests.shapePrefix
        expectRefusal(of: "{}", .unprocessable, prefix + "missing field `query_embeddings`") {
            try QueryBody.parse($0)
        }
        expectRefusal(
            of: #"{"query_embeddings":["AACAPw=="]}"#, .unprocessable,
            prefix + #"query_embeddings[0]: invalid type: string "AACAPw==", expected a sequence"#
        ) { try QueryBody.parse($0) }
        expectRefusal(
            of: #"{"query_embeddings":[null]}"#, .unprocessable,
            prefix + "query_embeddings[0]: invalid type: null"
        ) { try QueryBody.parse($0) }
        expectRefusal(
            of: #"{"query_embeddings":[[1,2],[1]]}"#, .invalidArgument,
            "Inconsistent dimensions in provided embeddings"
        ) { try QueryBody.parse($0) }
    }

    @Test("a delete of nothing in particular deletes nothing")
    func emptyDelete() throws {
        for text in ["{}", #"{"ids":null,"where":null,"where_document":null}"#] {
            let body = try withBytes(text) { try DeleteBody.parse($0) }
            #expect(body.selection.ids == [])
            #expect(body.selection.filter == nil)
        }
    }

    @Test("a delete needs ids or a filter, and a limit needs a filter")
    func deleteRules() throws {
        expectRefusal(
            of: #"{"ids":[]}"#, .invalidArgument,
            "Validation error: ids, where: Either ids or where must be specified"
        ) { try DeleteBody.parse($0) }
        for text in [#"{"limit":1}"#, #"{"ids":["a"],"limit":1}"#] {
            expectRefusal(
                of: text, .invalidArgument,
                "Validation error: limit, where: limit can only be specified when a where clause "
                    + "is provided"
            ) { try DeleteBody.parse($0) }
        }
        let body = try withBytes(#"{"ids":[],"where":{"a":1},"limit":3}"#) {
            try DeleteBody.parse($0)
        }
        #expect(body.limit == 3)
        #expect(body.selection.ids == [])
    }

    @Test("a shape error anywhere goes before an invalid filter")
    func shapeBeforeFilter() {
        expectRefusal(
            of: #"{"where":{},"limit":-1}"#, .unprocessable, RecordBatchBodyTests.shapePrefix
        ) { try GetBody.parse($0) }
        expectRefusal(of: #"{"where":{},"limit":1}"#, .invalidArgument, "Invalid where clause") {
            try GetBody.parse($0)
        }
    }
}
