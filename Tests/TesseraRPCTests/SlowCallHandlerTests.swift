import NIOCore
import NIOEmbedded
import NIOHPACK
import NIOHTTP2
import Testing

@testable import TesseraRPC

@Suite("Slow calls (reliability S9)")
struct SlowCallHandlerTests {
    private typealias Frame = HTTP2Frame.FramePayload

    private static func data(_ bytes: Int, isLast: Bool = false) -> Frame {
        let buffer = ByteBuffer(repeating: 0x20, count: bytes)
        return .data(Frame.Data(data: .byteBuffer(buffer), endStream: isLast))
    }

    private static func headers(isLast: Bool = false) -> Frame {
        .headers(Frame.Headers(headers: [:], endStream: isLast))
    }

    private static func connected(_ more: any ChannelHandler...) throws -> EmbeddedChannel {
        let channel = EmbeddedChannel(handlers: more + [SlowCallHandler()])
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        return channel
    }

    private static func receive(_ channel: EmbeddedChannel, _ frames: Frame...) throws {
        for frame in frames { try channel.writeInbound(frame) }
        channel.read()
    }

    private static func pass(_ seconds: Int64, on channel: EmbeddedChannel) {
        channel.embeddedEventLoop.advanceTime(by: .seconds(seconds))
    }

    @Test("a request that drips is cut off, one that flows is not")
    func drip() throws {
        let steady = try Self.connected()
        let dripping = try Self.connected()
        for channel in [steady, dripping] { try Self.receive(channel, Self.headers()) }
        for _ in 0..<5 {
            if steady.isActive { try Self.receive(steady, Self.data(11 * 1024)) }
            if dripping.isActive { try Self.receive(dripping, Self.data(1)) }
            for channel in [steady, dripping] { Self.pass(10, on: channel) }
        }
        #expect(steady.isActive)
        #expect(!dripping.isActive)
    }

    @Test("a request that is whole may wait for its answer as long as that takes")
    func whole() throws {
        let withoutMessage = try Self.connected()
        try Self.receive(withoutMessage, Self.headers(isLast: true))
        let withMessage = try Self.connected()
        try Self.receive(withMessage, Self.headers(), Self.data(5, isLast: true))
        for channel in [withoutMessage, withMessage] {
            Self.pass(3600, on: channel)
            #expect(channel.isActive)
        }
    }

    @Test("a client is not blamed while nobody reads its request")
    func notReading() throws {
        let channel = try Self.connected()
        try channel.writeInbound(Self.headers())
        Self.pass(60, on: channel)
        #expect(channel.isActive)
    }

    @Test("an answer that nobody takes is cut off after 30 seconds")
    func stalled() throws {
        let channel = try Self.connected(Window())
        try Self.receive(channel, Self.headers(isLast: true))
        channel.writeAndFlush(Self.data(10), promise: nil)
        Self.pass(29, on: channel)
        #expect(channel.isActive)
        Self.pass(1, on: channel)
        #expect(!channel.isActive)
    }

    @Test("an answer that is taken slowly, but is taken, goes on to its end")
    func slow() throws {
        let window = Window()
        let channel = try Self.connected(window)
        try Self.receive(channel, Self.headers(isLast: true))
        channel.writeAndFlush(Self.data(10 * 64 * 1024, isLast: true), promise: nil)
        #expect(window.waiting.count == 10)
        while window.take() {
            Self.pass(20, on: channel)
            #expect(channel.isActive)
        }
        Self.pass(3600, on: channel)
        #expect(channel.isActive)
    }

    @Test(
        "an answer is cut into pieces and nothing of it changes",
        arguments: [
            0, 1, 64 * 1024, 64 * 1024 + 1, 1_000_000,
        ])
    func pieces(bytes: Int) throws {
        let channel = try Self.connected()
        let sent = ByteBuffer(bytes: (0..<bytes).map { UInt8(truncatingIfNeeded: $0 / 251) })
        let frame = Frame.data(Frame.Data(data: .byteBuffer(sent), endStream: true))
        try channel.writeAndFlush(frame).wait()
        var whole = ByteBuffer()
        var ends: [Bool] = []
        while case .data(let piece)? = try channel.readOutbound(as: Frame.self) {
            guard case .byteBuffer(var buffer) = piece.data else { continue }
            #expect(buffer.readableBytes <= 64 * 1024)
            whole.writeBuffer(&buffer)
            ends.append(piece.endStream)
        }
        #expect(whole == sent)
        #expect(ends.last == true)
        #expect(!ends.dropLast().contains(true))
    }
}

/// Holds writes back as a client does that grants no window.
private final class Window: ChannelOutboundHandler {
    typealias OutboundIn = HTTP2Frame.FramePayload

    private(set) var waiting: [EventLoopPromise<Void>?] = []

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        waiting.append(promise)
    }

    /// Lets one write through; false when none is left.
    func take() -> Bool {
        guard !waiting.isEmpty else { return false }
        waiting.removeFirst()?.succeed()
        return true
    }
}
