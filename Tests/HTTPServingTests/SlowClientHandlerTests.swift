import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import HTTPServing

@Suite("Slow clients (reliability S9)")
struct SlowClientHandlerTests {
    private static let head = HTTPServerRequestPart.head(
        HTTPRequestHead(version: .http1_1, method: .POST, uri: "/"))

    private static func body(_ bytes: Int) -> HTTPServerRequestPart {
        .body(ByteBuffer(repeating: 0x20, count: bytes))
    }

    /// A connected channel with the handlers of the real one.
    private static func connected() throws -> EmbeddedChannel {
        let channel = EmbeddedChannel(handlers: [LastFlushHandler(), SlowClientHandler()])
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        return channel
    }

    private static func receive(
        _ channel: EmbeddedChannel, _ parts: HTTPServerRequestPart...
    ) throws {
        for part in parts { try channel.writeInbound(part) }
        channel.read()
    }

    @Test("a client that never finishes its first head is gone after 10 seconds")
    func silent() throws {
        let channel = try Self.connected()
        channel.embeddedEventLoop.advanceTime(by: .seconds(9))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
    }

    @Test("between requests this handler waits as long as the idle timeout lets it")
    func idle() throws {
        let channel = try Self.connected()
        try Self.receive(channel, Self.head, .end(nil))
        channel.embeddedEventLoop.advanceTime(by: .minutes(10))
        #expect(channel.isActive)
    }

    @Test("a body that drips is cut off, one that flows is not")
    func drip() throws {
        let steady = try Self.connected()
        let dripping = try Self.connected()
        for channel in [steady, dripping] { try Self.receive(channel, Self.head, Self.body(1)) }
        for _ in 0..<5 {
            if steady.isActive { try Self.receive(steady, Self.body(11 * 1024)) }
            if dripping.isActive { try Self.receive(dripping, Self.body(1)) }
            steady.embeddedEventLoop.advanceTime(by: .seconds(10))
            dripping.embeddedEventLoop.advanceTime(by: .seconds(10))
        }
        #expect(steady.isActive)
        #expect(!dripping.isActive)
    }

    @Test("each request of a connection has its own time for its body")
    func laterRequest() throws {
        let channel = try Self.connected()
        // The body comes behind its head, so it is watched from here on; then it is whole.
        try Self.receive(channel, Self.head)
        try Self.receive(channel, Self.body(100), .end(nil))
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(9900))
        try Self.receive(channel, Self.head)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(10))
        #expect(!channel.isActive)
    }

    @Test("a client is not blamed while nobody reads its body")
    func notReading() throws {
        let channel = try Self.connected()
        try channel.writeInbound(Self.head)
        try channel.writeInbound(Self.body(1))
        channel.embeddedEventLoop.advanceTime(by: .minutes(1))
        #expect(channel.isActive)
    }
}
