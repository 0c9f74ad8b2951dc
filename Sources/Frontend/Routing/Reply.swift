import ChromaWire
import HTTPTypes
import NIOCore

/// What a route answers: a status and how to write its JSON.
///
/// The body is written by the encode stage, on a CPU thread when it is large.
struct Reply: Sendable {
    let status: HTTPResponse.Status
    /// About how many bytes the body takes; an estimate that reserves memory and picks a thread.
    let bytesExpected: Int
    let write: @Sendable (inout ByteBuffer) -> Void

    init(
        _ status: HTTPResponse.Status = .ok, bytesExpected: Int = 256,
        write: @escaping @Sendable (inout ByteBuffer) -> Void
    ) {
        self.status = status
        self.bytesExpected = bytesExpected
        self.write = write
    }

    /// `{}`: clients parse every body as JSON, so none is ever empty (protocol §1.1).
    static func done(_ status: HTTPResponse.Status = .ok) -> Reply {
        Reply(status, bytesExpected: 2) { SystemResponse.writeEmpty(into: &$0) }
    }
}
