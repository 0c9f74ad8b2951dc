import ChromaModel
import Testing

extension Installation {
    static func collections(of tenant: String, _ database: String = database) -> String {
        "/api/v2/tenants/\(tenant)/databases/\(database)/collections"
    }

    /// Makes a collection of the tenant alpha; the path of its data routes.
    func makeCollection(_ name: String, _ more: String = "") async throws -> String {
        let stem = Self.collections(of: "alpha")
        let answer = try await client.post(
            stem, "{\"name\":\"\(name)\"\(more)}", token: alphaToken)
        try #require(answer.status == 200, "\(answer.body)")
        return "\(stem)/\(try Self.id(in: answer))"
    }

    /// The `id` that an answer begins with.
    static func id(in answer: Answer) throws -> String {
        let text = String(answer.body.dropFirst("{\"id\":\"".count).prefix(36))
        try #require(UniqueID(text) != nil, "\(answer.body)")
        return text
    }

    /// The body of a refusal.
    static func refusal(_ name: String, _ message: String) -> String {
        "{\"error\":\"\(name)\",\"message\":\"\(message)\"}"
    }
}
