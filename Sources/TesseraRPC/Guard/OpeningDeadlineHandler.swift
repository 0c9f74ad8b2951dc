import NIOCore

/// Closes a connection on which no HTTP/2 has begun in time: a client that never finishes the TLS
/// handshake, or sends nothing behind it.
///
/// It stands behind TLS, where bytes are HTTP/2's. Once there are as many as a client begins with,
/// the idle time of the connection counts instead.
final class OpeningDeadlineHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// From being accepted to the first frame.
    static let patience = TimeAmount.seconds(10)
    /// The preface and the header of the SETTINGS frame behind it (RFC 9113 §3.4).
    static let openingBytes = 24 + 9

    private let patience: TimeAmount
    private var deadline: Scheduled<Void>?
    private var bytesMissing = OpeningDeadlineHandler.openingBytes

    init(patience: TimeAmount = OpeningDeadlineHandler.patience) { self.patience = patience }

    func handlerAdded(context: ChannelHandlerContext) {
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: patience) {
            context.close(promise: nil)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) { deadline?.cancel() }

    func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if bytesMissing > 0 {
            bytesMissing -= Self.unwrapInboundIn(data).readableBytes
            if bytesMissing <= 0 { deadline?.cancel() }
        }
        context.fireChannelRead(data)
    }
}
