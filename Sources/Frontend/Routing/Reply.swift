import ChromaWire
import HTTPTypes
import NIOCore

/// What a route answers: a status and how to write its body, nearly always JSON.
///
/// The body is written by the encode stage, on a CPU thread when it is large.
struct Reply: Sendable {
    let status: HTTPResponse.Status
    /// What the body is, and where it is if not here.
    let fields: HTTPFields
    /// About how many bytes the body takes; an estimate that reserves memory and picks a thread.
    let bytesExpected: Int
    let write: @Sendable (inout ByteBuffer) -> Void
    /// What the request used of a collection's records.
    private(set) var charge: RequestCharge?

    init(
        _ status: HTTPResponse.Status = .ok, fields: HTTPFields = Self.json,
        bytesExpected: Int = 256,
        write: @escaping @Sendable (inout ByteBuffer) -> Void
    ) {
        self.status = status
        self.fields = fields
        self.bytesExpected = bytesExpected
        self.write = write
    }

    /// The same answer to a request that used so much.
    func charging(_ charge: RequestCharge) -> Reply {
        var reply = self
        reply.charge = charge
        return reply
    }

    static let json: HTTPFields = [.contentType: "application/json"]

    /// A page for people, which loads and runs nothing.
    static func page(_ text: String) -> Reply {
        let fields: HTTPFields = [
            .contentType: "text/html; charset=utf-8",
            .contentSecurityPolicy: "default-src 'none'; style-src 'unsafe-inline'",
        ]
        return Reply(fields: fields, bytesExpected: text.utf8.count) { $0.writeString(text) }
    }

    static func moved(to path: String) -> Reply {
        Reply(.seeOther, fields: [.location: path], bytesExpected: 0) { _ in }
    }

    /// `{}`: clients parse every body as JSON, so none is ever empty (protocol §1.1).
    static func done(_ status: HTTPResponse.Status = .ok) -> Reply {
        Reply(status, bytesExpected: 2) { SystemResponse.writeEmpty(into: &$0) }
    }
}
