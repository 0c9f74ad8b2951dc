import ChromaModel
import Testing

@testable import ChromaWire

@Suite("Bodies of add, update and upsert")
struct RecordBatchBodyTests {
    static let parsePrefix = "Failed to parse the request body as JSON: "
    static let shapePrefix = "Failed to deserialize the JSON body into the target type: "

    @Test("members may come in any order, unknown ones are passed over")
    func order() throws {
        let text = """
            {"zz":{"a":[1,{"b":null}]},"metadatas":[{"i":1,"f":1.0,"s":"x","b":true},null],
             "embeddings":[[1,2.5],[-3e-1,4]],"documents":["d",null],"uris":null,"ids":["a","b"]}
            """
        let batch = try withBytes(text, parseAdd)
        #expect(batch.ids == [RecordID("a"), RecordID("b")])
        #expect(rows(batch) == [[1, 2.5], [-0.3, 4]])
        #expect(batch.documents == ["d", nil])
        #expect(batch.uris == nil)
        let metadata = try #require(batch.metadatas?[0]).applied(to: nil)
        #expect(metadata?[MetadataKey("i")] == .int(1))
        #expect(metadata?[MetadataKey("f")] == .float(1))
        #expect(batch.metadatas?[1] == nil)
    }

    @Test("base64 is little-endian binary32, as the clients send it")
    func base64() throws {
        let batch = try withBytes(#"{"ids":["a"],"embeddings":["AACAPwAAAEA="]}"#, parseAdd)
        #expect(rows(batch) == [[1, 2]])
        let escaped = try withBytes(
            #"{"ids":["a"],"embeddings":["AACAPw\u0041AAEA="]}"#, parseAdd)
        #expect(rows(escaped) == [[1, 2]])
    }

    @Test("an update may leave embeddings out, wholly or one by one")
    func absentEmbeddings() throws {
        #expect(try withBytes(#"{"ids":["a"],"embeddings":null}"#, parseUpdate).embeddings == nil)
        #expect(try withBytes(#"{"ids":["a"]}"#, parseUpdate).embeddings == nil)
        let arrays = try withBytes(
            #"{"ids":["a","b"],"embeddings":[null,[1,2]]}"#, parseUpdate)
        #expect(rows(arrays) == [nil, [1, 2]])
        let packed = try withBytes(
            #"{"ids":["a","b"],"embeddings":["AACAPw==",null]}"#, parseUpdate)
        #expect(rows(packed) == [[1], nil])
    }

    @Test("no ids at all are a batch of nothing")
    func noIDs() throws {
        #expect(try withBytes(#"{"ids":[],"embeddings":[]}"#, parseAdd).ids.isEmpty)
    }

    @Test("an empty base64 text, like an empty array, is an embedding without dimensions")
    func emptyEmbedding() {
        for row in ["[]", #""""#] {
            expectRefusal(
                of: #"{"ids":["a"],"embeddings":[\#(row)]}"#, .invalidArgument,
                "Validation error: embeddings: Each embedding must have at least 1 dimension"
            ) { try parseAdd($0) }
        }
    }

    @Test(
        "what upstream refuses on its way in, we refuse in the same words",
        arguments: [
            ("", parsePrefix + "EOF while parsing a value at line 1 column 0"),
            ("{", parsePrefix + "EOF while parsing an object at line 1 column 1"),
            (
                #"{"ids":["a"],"embeddings":[[1,2],]}"#,
                parsePrefix + "embeddings: trailing comma at line 1 column 34"
            ),
            (
                #"{"ids":["a"],"embeddings":[[1,2,3]]} x"#,
                parsePrefix + "trailing characters at line 1 column 38"
            ),
            (
                #"{"ids":["a"],"embeddings":[[1e400,1,1]]}"#,
                parsePrefix + "embeddings[0][0]: number out of range at line 1 column 33"
            ),
            (
                #"{"ids":["a"],"embeddings":[[1,2,NaN]]}"#,
                parsePrefix + "embeddings[0][2]: expected value at line 1 column 33"
            ),
            (
                #"{"ids":["a"],"embeddings":[[1,2,01]]}"#,
                parsePrefix + "embeddings[0][2]: invalid number at line 1 column 3"
            ),
            (
                #"{"ids":["\ud800"],"embeddings":[[1,2,3]]}"#,
                parsePrefix + "ids[0]: unexpected end of hex escape"
            ),
            (#"{"ids":["\udc00"]}"#, parsePrefix + "ids[0]: lone leading surrogate"),
            (#"{"ids":["\ud800\u0041"]}"#, parsePrefix + "ids[0]: lone leading surrogate"),
        ])
    func syntax(text: String, message: String) {
        expectRefusal(of: text, .invalidArgument, message) { try parseAdd($0) }
    }

    @Test(
        "JSON of the wrong shape is 422 with the way to the value",
        arguments: [
            (#"{"embeddings":[[1]]}"#, "missing field `ids`"),
            (#"{"ids":["a"]}"#, "missing field `embeddings` at line 1 column 13"),
            (
                #"{"ids":["a"],"embeddings":null}"#,
                "embeddings: data did not match any variant of untagged enum EmbeddingsPayload "
                    + "at line 1 column 30"
            ),
            (#"{"ids":["a"],"embeddings":5}"#, "embeddings: data did not match"),
            (#"{"ids":["a"],"embeddings":[[1],"AACAPw=="]}"#, "embeddings: data did not match"),
            (#"{"ids":["a"],"embeddings":[["x"]]}"#, "embeddings: data did not match"),
            (#"{"ids":["a"],"embeddings":[[1,null]]}"#, "embeddings: data did not match"),
            (#"{"ids":["a"],"embeddings":[null]}"#, "embeddings: data did not match"),
            (
                #"{"ids":["a",5],"embeddings":[[1]]}"#,
                "ids[1]: invalid type: integer `5`, expected a string at line 1 column 13"
            ),
            (
                #"{"ids":["a"],"embeddings":[[1]],"ids":["b"]}"#,
                "duplicate field `ids` at line 1 column"
            ),
            (
                #"{"ids":["a"],"embeddings":[[1]],"metadatas":[{"a":null}]}"#,
                "metadatas[0].a: data did not match any variant of untagged enum MetadataValue"
            ),
            (
                #"{"ids":["a"],"embeddings":[[1]],"metadatas":[{"a":{"b":1}}]}"#,
                "metadatas[0].a: data did not match"
            ),
            (
                #"{"ids":["a"],"embeddings":[[1]],"metadatas":[{"a":[1,"x"]}]}"#,
                "metadatas[0].a: data did not match"
            ),
            (
                #"{"ids":["a"],"embeddings":[[1]],"metadatas":[{"a":[[1]]}]}"#,
                "metadatas[0].a: data did not match"
            ),
            (
                #"{"ids":["a"],"embeddings":[[1]],"metadatas":[{"a":[1,null]}]}"#,
                "metadatas[0].a: data did not match"
            ),
            (
                #"{"ids":["a"],"embeddings":[[1]],"metadatas":[{"a":{"indices":[-1],"#
                    + #""values":[1]}}]}"#,
                "metadatas[0].a: data did not match"
            ),
            (
                #"{"ids":["a"],"embeddings":[[1]],"documents":[5]}"#,
                "documents[0]: invalid type: integer `5`, expected a string"
            ),
            ("[]", "invalid type: sequence"),
        ])
    func shape(text: String, message: String) {
        expectRefusal(of: text, .unprocessable, Self.shapePrefix + message) { try parseAdd($0) }
    }

    @Test(
        "fields that break a rule are 400 in upstream's words",
        arguments: [
            (
                #""embeddings":[[1e39]]"#,
                "Validation error: embeddings: Embeddings must not contain NaN or Infinity values"
            ),
            (#""embeddings":[[1,2],[1]]"#, "Inconsistent dimensions in provided embeddings"),
            (
                #""embeddings":[[1],[1]]"#,
                "Inconsistent number of IDs, embeddings, documents, URIs and metadatas"
            ),
            (
                #""embeddings":[[1]],"documents":[]"#,
                "Inconsistent number of IDs, embeddings, documents, URIs and metadatas"
            ),
            (#""embeddings":["!!"]"#, "Invalid base64 string: Invalid symbol 33, offset 0."),
            (#""embeddings":["AACAPw"]"#, "Invalid base64 string: Invalid padding"),
            (
                #""embeddings":["AACAPx=="]"#,
                "Invalid base64 string: Invalid last symbol 120, offset 5."
            ),
            (
                #""embeddings":["AACAPw==AACAPw=="]"#,
                "Invalid base64 string: Invalid symbol 61, offset 6."
            ),
            (
                #""embeddings":["AAAA"]"#,
                "Invalid byte length: 3 bytes cannot be converted to f32 values (must be "
                    + "divisible by 4)"
            ),
            (#""embeddings":["AADAfw=="]"#, "Non-finite float value at embedding index 0: NaN"),
            (#""embeddings":["AACAfw=="]"#, "Non-finite float value at embedding index 0: inf"),
            (
                #""embeddings":[[1]],"metadatas":[{"":1}]"#,
                "Validation error: metadatas: Invalid metadata at index 0"
            ),
            (
                ##""embeddings":[[1]],"metadatas":[{"#a":1}]"##,
                "Validation error: metadatas: Invalid metadata at index 0"
            ),
            (
                #""embeddings":[[1]],"metadatas":[{"$a":1}]"#,
                "Validation error: metadatas: Invalid metadata at index 0"
            ),
            (
                #""embeddings":[[1]],"metadatas":[{"a":{"indices":[2,1],"values":[1,2]}}]"#,
                "Validation error: metadatas: Invalid metadata at index 0"
            ),
            (
                #""embeddings":[[1]],"metadatas":[{"a":{"indices":[1],"values":[1,2]}}]"#,
                "Validation error: metadatas: Invalid metadata at index 0"
            ),
            (
                #""embeddings":[[]],"metadatas":[{"":1}]"#,
                "Validation error: metadatas: Invalid metadata at index 0\n"
                    + "embeddings: Each embedding must have at least 1 dimension"
            ),
        ])
    func rules(members: String, message: String) {
        expectRefusal(of: #"{"ids":["a"],\#(members)}"#, .invalidArgument, message) {
            try parseAdd($0)
        }
    }

    @Test("an empty id is refused")
    func emptyID() {
        expectRefusal(
            of: #"{"ids":[""],"embeddings":[[1]]}"#, .invalidArgument,
            "Empty ID, ID must have at least one character"
        ) { try parseAdd($0) }
    }

    @Test("that a body is no JSON goes before what is wrong with its base64")
    func syntaxFirst() {
        expectRefusal(
            of: #"{"ids":["a"],"embeddings":["!!"],}"#, .invalidArgument, Self.parsePrefix
        ) { try parseAdd($0) }
    }

    @Test("a null in metadata removes the key on update and upsert")
    func metadataNulls() throws {
        let text = #"{"ids":["a"],"embeddings":[[1]],"metadatas":[{"a":null,"b":2}]}"#
        for operation in [WriteOperation.update, .upsert] {
            let batch = try withBytes(text) {
                try RecordBatchBody.parse($0, operation: operation)
            }
            let patch = try #require(batch.metadatas?[0])
            let old = Metadata([MetadataEntry(MetadataKey("a"), .int(1))])
            #expect(
                patch.applied(to: old) == Metadata([MetadataEntry(MetadataKey("b"), .int(2))]))
        }
    }
}
