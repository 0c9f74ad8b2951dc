import NIOCore
import NIOEmbedded
import Testing

@testable import HTTPServing

@Suite("How many connections there may be (reliability S9)")
struct ConnectionCensusTests {
    /// A connection of a client; nil when it was turned away.
    private static func connect(
        _ census: ConnectionCensus, from address: String
    ) throws -> EmbeddedChannel? {
        let channel = EmbeddedChannel()
        let peer = try SocketAddress(ipAddress: address, port: 1)
        channel.remoteAddress = peer
        try census.watch(channel)
        channel.connect(to: peer, promise: nil)
        channel.embeddedEventLoop.run()
        return channel.isActive ? channel : nil
    }

    private static func close(_ channel: EmbeddedChannel?) throws {
        channel?.close(promise: nil)
        channel?.embeddedEventLoop.run()
    }

    private static func limits(_ all: Int, _ each: Int) -> ConnectionCensus.Limits {
        ConnectionCensus.Limits(connectionsMax: all, connectionsMaxPerAddress: each) {
            $0.ipAddress == "10.0.0.1"
        }
    }

    @Test("further connections are closed until an earlier one has ended")
    func all() throws {
        let census = ConnectionCensus(Self.limits(2, 0))
        let first = try Self.connect(census, from: "1.1.1.1")
        #expect(first != nil)
        #expect(try Self.connect(census, from: "1.1.1.2") != nil)
        #expect(try Self.connect(census, from: "1.1.1.3") == nil)
        #expect(census.count == 2)
        try Self.close(first)
        #expect(census.count == 1)
        #expect(try Self.connect(census, from: "1.1.1.3") != nil)
    }

    @Test("an address has its own bound, and others don't notice")
    func origin() throws {
        let census = ConnectionCensus(Self.limits(100, 2))
        let first = try Self.connect(census, from: "1.1.1.1")
        #expect(try Self.connect(census, from: "::ffff:1.1.1.1") != nil)
        #expect(try Self.connect(census, from: "1.1.1.1") == nil)
        #expect(try Self.connect(census, from: "1.1.1.2") != nil)
        try Self.close(first)
        #expect(try Self.connect(census, from: "1.1.1.1") != nil)
        #expect(try Self.connect(census, from: "1.1.1.1") == nil)
    }

    @Test("all addresses of one /64 are one")
    func prefix() throws {
        let census = ConnectionCensus(Self.limits(100, 1))
        #expect(try Self.connect(census, from: "2001:db8:1:2::1") != nil)
        #expect(try Self.connect(census, from: "2001:db8:1:2:ffff::9") == nil)
        #expect(try Self.connect(census, from: "2001:db8:1:3::1") != nil)
    }

    @Test("a trusted proxy has connections for many")
    func proxy() throws {
        let census = ConnectionCensus(Self.limits(5, 1))
        for _ in 0..<5 { #expect(try Self.connect(census, from: "10.0.0.1") != nil) }
        #expect(try Self.connect(census, from: "10.0.0.1") == nil)
    }

    /// Says whether a connection was shown to the handlers behind the census.
    private final class Behind: ChannelInboundHandler {
        typealias InboundIn = NIOAny
        var hasSeen = false
        func channelActive(context: ChannelHandlerContext) { hasSeen = true }
    }

    @Test("after the listener's end nobody is let in, nor seen by who takes connections")
    func closed() throws {
        let census = ConnectionCensus(Self.limits(5, 5))
        for isClosed in [false, true] {
            if isClosed { census.close() }
            let (channel, behind) = (EmbeddedChannel(), Behind())
            try channel.pipeline.syncOperations.addHandler(behind)
            try census.watch(channel)
            channel.connect(to: try SocketAddress(ipAddress: "1.1.1.1", port: 1), promise: nil)
            channel.embeddedEventLoop.run()
            #expect(behind.hasSeen == !isClosed && channel.isActive == !isClosed)
        }
        #expect(census.count == 1)
    }
}
