import Access
import HTTPTypes
import HummingbirdCore
import NIOCore
import Platform

/// Where a request comes from the connection into the pipeline, and its response goes back.
struct RequestResponder: Sendable {
    let pipeline: RequestPipeline
    let proxies: TrustedProxies
    let time: any TimeSource
    /// Bytes of a refused body that are read and thrown away before the connection is closed.
    let discardBytesMax: Int

    /// Throws to close the connection.
    func respond(
        to request: Request, _ writer: consuming ResponseWriter, on channel: any Channel
    ) async throws {
        var context = RequestContext(
            head: request.head, body: RequestBodyReader(request, channel: channel),
            client: proxies.client(
                of: channel.remoteAddress.flatMap { InternetAddress($0) },
                forwardedFor: request.headers.value(of: .forwardedFor)),
            acceptedAt: time.monotonicNanoseconds())
        var response: Response
        do {
            response = try await pipeline.respond(to: &context)
        } catch let gone as ClientGone {
            // Hummingbird answers 400 to what is not HTTP, and closes.
            throw gone.cause
        }
        let isLast = !context.body.leavesConnectionUsable
        if isLast { response.headers[.connection] = "close" }
        try await writer.write(response: response.head, body: response.body)
        if isLast {
            try await context.body.discard(upTo: discardBytesMax)
            throw ConnectionFinished()
        }
    }
}

/// Ends a connection whose last response was written.
struct ConnectionFinished: Error {}
