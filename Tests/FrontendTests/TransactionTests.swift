import TestSupport
import Testing

@Suite("Transactions over HTTP (protocol §1.9)")
struct TransactionTests {
    private static func token(in answer: Answer) throws -> String {
        let text = try #require(answer.body.split(separator: "\"read_token\":").last)
        return String(text.prefix { $0.isNumber })
    }

    private static func add(_ id: String) -> String {
        #"{"operation":"add","payload":{"ids":["\#(id)"],"embeddings":[[1]]}}"#
    }

    @Test("a commit holds when what was read is unchanged, and is refused when it isn't")
    func conflict() async throws {
        try await Installation.run { installation in
            let (client, key) = (installation.client, installation.alphaToken)
            let path = try await installation.makeCollection("books") + "/conditional"
            let read = try await client.post(path + "/get", #"{"ids":["a","b"]}"#, token: key)
            #expect(read.status == 200)
            let token = try Self.token(in: read)
            let commit = try await client.post(
                path + "/commit",
                """
                {"read_token":\(token),"read_ids":["b"],"operations":[\(Self.add("a")),
                 {"payload":{"ids":["gone"]},"operation":"delete"}]}
                """, token: key)
            #expect(commit.status == 200)
            #expect(commit.body.contains(#""record_count":2"#))
            let again = try await client.post(
                path + "/commit",
                #"{"read_token":\#(token),"read_ids":["a"],"operations":[\#(Self.add("c"))]}"#,
                token: key)
            #expect(again.status == 409)
            #expect(
                again.body
                    == Installation.refusal(
                        "ConditionalWriteConflictError", "conditional write conflict"))
            // The old token still reads what it read; a new one sees the commit.
            let old = try await client.post(
                path + "/get", #"{"read_token":\#(token)}"#, token: key)
            #expect(old.body.contains(#""ids":[]"#))
            let new = try await client.post(path + "/get", "{}", token: key)
            #expect(new.body.contains(#""ids":["a"]"#))
        }
    }

    @Test("what cannot be a transaction is refused in upstream's words")
    func refusals() async throws {
        try await Installation.run { installation in
            let path = try await installation.makeCollection("books") + "/conditional"
            let predicate = "transactional predicate deletes are not supported"
            for (body, status, text) in [
                (#"{"operations":[]}"#, UInt(200), #"{"first_inserted_record_offset":null"#),
                (
                    #"{"read_ids":["a"],"operations":[]}"#, 400,
                    "conditional commit with read_ids requires read_token"
                ),
                ("{}", 422, "missing field `operations`"),
                (#"{"operations":[{"operation":"delete","payload":{}}]}"#, 400, predicate),
                (
                    #"{"operations":[{"operation":"delete","payload":{"ids":["a"],"limit":1}}]}"#,
                    400, predicate
                ),
                (#"{"operations":[{"operation":"drop","payload":{}}]}"#, 422, "unknown variant"),
                (
                    #"{"operations":[{"operation":"add","payload":{"ids":["a"]}}]}"#, 422,
                    "missing field `embeddings`"
                ),
                (
                    #"{"read_token":999999,"operations":[\#(Self.add("a"))]}"#, 400,
                    "InvalidArgumentError"
                ),
                (#"{"read_token":0,"operations":[\#(Self.add("a"))]}"#, 412, "StaleReadError"),
                (#"{"read_token":-1,"operations":[]}"#, 422, "u64"),
            ] {
                let answer = try await installation.client.post(
                    path + "/commit", body, token: installation.alphaToken)
                #expect(answer.status == status, "\(body)")
                #expect(answer.body.contains(text), "\(answer.body)")
            }
            let stale = try await installation.client.post(
                path + "/get", #"{"read_token":0}"#, token: installation.alphaToken)
            #expect(stale.status == 412)
        }
    }
}
