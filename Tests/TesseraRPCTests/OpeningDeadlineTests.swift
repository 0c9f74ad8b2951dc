import NIOCore
import NIOEmbedded
import Testing

@testable import TesseraRPC

@Suite("Connections on which nothing begins (reliability S9)")
struct OpeningDeadlineTests {
    private static func connected() throws -> EmbeddedChannel {
        let channel = EmbeddedChannel(handler: OpeningDeadlineHandler())
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        return channel
    }

    @Test(
        "a connection is closed after ten seconds without a whole opening", arguments: [0, 1, 32])
    func incomplete(bytes: Int) throws {
        let channel = try Self.connected()
        for _ in 0..<bytes { try channel.writeInbound(ByteBuffer(integer: UInt8(0))) }
        channel.embeddedEventLoop.advanceTime(by: .seconds(9))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
    }

    @Test("after a whole opening the deadline is gone, and every byte was passed on")
    func complete() throws {
        let channel = try Self.connected()
        var passed = 0
        for bytes in [20, 13, 50] {
            try channel.writeInbound(ByteBuffer(repeating: 7, count: bytes))
            passed += try channel.readInbound(as: ByteBuffer.self)?.readableBytes ?? 0
        }
        channel.embeddedEventLoop.advanceTime(by: .hours(1))
        #expect(channel.isActive)
        #expect(passed == 83)
    }
}
