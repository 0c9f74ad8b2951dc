import NIOCore

/// Tells the connection to close at once, whatever is still to be sent.
struct ConnectionAbandoned: Sendable {}

/// Lets a closing connection send what was written to it first.
///
/// NIO drops what the socket has not taken yet when a channel closes, and connections are closed
/// right after their last answer: by a graceful shutdown, or when a request's body was not
/// worth reading. The handler sits next to the socket and holds the close back for a while.
final class LastFlushHandler: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = ByteBuffer

    /// How long a client may take to read the end of its last answer.
    static let patience = TimeAmount.seconds(30)

    private let patience: TimeAmount
    private var isClosing = false

    init(patience: TimeAmount = LastFlushHandler.patience) { self.patience = patience }

    func close(
        context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?
    ) {
        guard mode == .all, !isClosing, Self.bytesUnsent(context) > 0 else {
            context.close(mode: mode, promise: promise)
            return
        }
        isClosing = true
        let deadline = context.eventLoop.assumeIsolated().scheduleTask(in: patience) {
            context.close(promise: nil)
        }
        // Writes keep their order: when this one is done, all before it are.
        context.writeAndFlush(NIOAny(ByteBuffer())).assumeIsolated().whenComplete { _ in
            deadline.cancel()
            context.close(mode: mode, promise: promise)
        }
    }

    func triggerUserOutboundEvent(
        context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?
    ) {
        guard event is ConnectionAbandoned else {
            context.triggerUserOutboundEvent(event, promise: promise)
            return
        }
        context.close(promise: promise)
    }

    private static func bytesUnsent(_ context: ChannelHandlerContext) -> Int {
        (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }
}
