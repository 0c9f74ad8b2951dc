import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import HTTPServing

@Suite("Clients that leave before they are answered")
struct ClientPresenceTests {
    private let presence = ClientPresence()

    /// A connection whose client has sent a request and the end of what it sends.
    private func halfClosed(
        _ version: HTTPVersion = .http1_1, answered: Bool = false
    ) throws -> EmbeddedChannel {
        let channel = EmbeddedChannel(handler: ClientPresenceHandler(presence))
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        let head = HTTPRequestHead(version: version, method: .POST, uri: "/")
        for part in [HTTPServerRequestPart.head(head), .end(nil)] { try channel.writeInbound(part) }
        if answered {
            let answer = HTTPResponseHead(version: version, status: .ok)
            for part in [HTTPServerResponsePart.head(answer), .end(nil)] {
                try channel.writeOutbound(part)
                _ = try channel.readOutbound(as: HTTPServerResponsePart.self)
            }
        }
        channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        return channel
    }

    private func statusSent(by channel: EmbeddedChannel) throws -> HTTPResponseStatus? {
        guard case .head(let head)? = try channel.readOutbound(as: HTTPServerResponsePart.self)
        else { return nil }
        return head.status
    }

    @Test("who sends no more is asked after a while, and is not taken to have left")
    func asked() throws {
        let channel = try halfClosed()
        #expect(try statusSent(by: channel) == nil)
        channel.embeddedEventLoop.advanceTime(by: ClientPresenceHandler.patience)
        #expect(try statusSent(by: channel) == .continue)
        #expect(!presence.isGone)
        try channel.close().wait()
        #expect(presence.isGone)
    }

    @Test("who was answered, or speaks HTTP/1.0, is not asked")
    func notAsked() throws {
        for channel in [try halfClosed(.http1_0), try halfClosed(answered: true)] {
            channel.embeddedEventLoop.advanceTime(by: .seconds(10))
            #expect(try statusSent(by: channel) == nil)
        }
    }

    @Test("nothing comes between the parts of an answer")
    func answering() throws {
        let channel = try halfClosed(answered: false)
        // The answer to one request has begun, and another one waits behind it.
        let head = HTTPRequestHead(version: .http1_1, method: .POST, uri: "/")
        for part in [HTTPServerRequestPart.head(head), .end(nil)] { try channel.writeInbound(part) }
        try channel.writeOutbound(
            HTTPServerResponsePart.head(HTTPResponseHead(version: .http1_1, status: .ok)))
        #expect(try statusSent(by: channel) == .ok)
        channel.embeddedEventLoop.advanceTime(by: ClientPresenceHandler.patience)
        #expect(try statusSent(by: channel) == nil)
        try channel.writeOutbound(HTTPServerResponsePart.end(nil))
        #expect(try statusSent(by: channel) == nil)
        channel.embeddedEventLoop.advanceTime(by: ClientPresenceHandler.patience)
        #expect(try statusSent(by: channel) == .continue)
    }

    @Test("the connection's task is cancelled while it reads for a client that has left")
    func cancelled() async {
        let presence = ClientPresence()
        await presence.serve(on: globalConcurrentExecutor) {
            presence.leave()
            // What changes something is finished.
            #expect(!Task.isCancelled)
            #expect(ClientPresence.current === presence)
            await #expect(throws: CancellationError.self) {
                try await presence.whileThere { try await Task.sleep(for: .seconds(3600)) }
            }
        }
    }
}
