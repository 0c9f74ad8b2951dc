import Access
import ChromaModel
import ControlPlane
import SwiftProtobuf
import TesseraRPC

/// An endpoint whose answer is a file, sent while it is made.
///
/// Who may have it is decided before its first byte. What fails later ends the call with an error
/// over gRPC, and breaks the connection off over HTTP: a file that ended well is whole.
struct StreamEndpoint<Input: Message>: AdminEndpoint {
    let method: AdminMethod
    let work: @Sendable (Input, Principal) async throws -> ByteStream

    init(
        _ method: AdminMethod,
        _ work: @escaping @Sendable (Input, Principal) async throws -> ByteStream
    ) {
        self.method = method
        self.work = work
    }

    func answer(_ input: HTTPInput, for principal: Principal, _ controlPlane: ControlPlane)
        async throws -> AdminAnswer
    {
        .stream(try await work(try HTTPTranscoder.message(from: input), principal))
    }
}
