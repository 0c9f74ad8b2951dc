import NIOCore
import NIOHTTP2

/// Ends calls whose client is too slow to be honest: it drips its request, or does not read the
/// answer. What `SlowClientHandler` is to a connection of HTTP/1.1, this is to a stream of HTTP/2.
final class SlowCallHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTP2Frame.FramePayload
    typealias InboundOut = HTTP2Frame.FramePayload
    typealias OutboundIn = HTTP2Frame.FramePayload
    typealias OutboundOut = HTTP2Frame.FramePayload

    /// How long a client may take; tests shorten it.
    struct Patience: Sendable {
        /// How often a request's rate is looked at; also the grace before the first look.
        var requestCheck = TimeAmount.seconds(10)
        /// Bytes of a request that have to come between two looks: 1 KiB a second.
        var requestBytesMin = 10 * 1024
        /// A piece of an answer has to be taken in this time.
        var answerCheck = TimeAmount.seconds(30)
        /// Answers are written in such pieces, so that it shows how far the client has read.
        var answerPieceBytes = 64 * 1024
    }

    private let patience: Patience
    private var requestDeadline: Scheduled<Void>?
    private var answerDeadline: Scheduled<Void>?
    /// Whether we asked for bytes; while we did not, the client can't be blamed.
    private var isReadPending = false
    private var requestBytes = 0
    private var piecesWaiting = 0
    private var piecesTaken: UInt64 = 0

    init(_ patience: Patience = Patience()) { self.patience = patience }

    func handlerAdded(context: ChannelHandlerContext) { watchRequest(context) }

    func handlerRemoved(context: ChannelHandlerContext) { cancelDeadlines() }

    func channelInactive(context: ChannelHandlerContext) {
        cancelDeadlines()
        context.fireChannelInactive()
    }

    func read(context: ChannelHandlerContext) {
        isReadPending = true
        context.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch Self.unwrapInboundIn(data) {
        case .headers(let headers): note(0, isLast: headers.endStream)
        case .data(let part): note(part.data.readableBytes, isLast: part.endStream)
        default: break
        }
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isReadPending = false
        context.fireChannelReadComplete()
    }

    func write(
        context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?
    ) {
        guard case .data(let part) = Self.unwrapOutboundIn(data),
            case .byteBuffer(var bytes) = part.data, part.paddingBytes == nil
        else {
            context.write(data, promise: promise)
            return
        }
        while let piece = bytes.readSlice(
            length: min(bytes.readableBytes, patience.answerPieceBytes))
        {
            let isLast = bytes.readableBytes == 0
            let frame = HTTP2Frame.FramePayload.Data(
                data: .byteBuffer(piece), endStream: isLast && part.endStream)
            write(.data(frame), context, isLast ? promise : nil)
            if isLast { return }
        }
    }

    /// Writes a piece, and notes when the client has taken it.
    private func write(
        _ piece: HTTP2Frame.FramePayload, _ context: ChannelHandlerContext,
        _ promise: EventLoopPromise<Void>?
    ) {
        let taken = promise ?? context.eventLoop.makePromise()
        piecesWaiting += 1
        if answerDeadline == nil { watchAnswer(context) }
        taken.futureResult.assumeIsolated().whenComplete { _ in
            self.piecesWaiting -= 1
            self.piecesTaken += 1
        }
        context.write(Self.wrapOutboundOut(piece), promise: taken)
    }

    private func note(_ bytes: Int, isLast: Bool) {
        requestBytes += bytes
        guard isLast else { return }
        requestDeadline?.cancel()
        requestDeadline = nil
    }

    private func watchRequest(_ context: ChannelHandlerContext) {
        let bytesBefore = requestBytes
        requestDeadline = end(context, in: patience.requestCheck) {
            let isSlow = self.requestBytes - bytesBefore < self.patience.requestBytesMin
            if self.isReadPending, isSlow { return true }
            self.watchRequest(context)
            return false
        }
    }

    private func watchAnswer(_ context: ChannelHandlerContext) {
        let takenBefore = piecesTaken
        answerDeadline = end(context, in: patience.answerCheck) {
            self.answerDeadline = nil
            guard self.piecesWaiting > 0 else { return false }
            if self.piecesTaken == takenBefore { return true }
            self.watchAnswer(context)
            return false
        }
    }

    /// Resets the stream after `delay` if the condition holds then.
    private func end(
        _ context: ChannelHandlerContext, in delay: TimeAmount, if condition: @escaping () -> Bool
    ) -> Scheduled<Void> {
        context.eventLoop.assumeIsolated().scheduleTask(in: delay) {
            if condition() { context.close(promise: nil) }
        }
    }

    private func cancelDeadlines() {
        for deadline in [requestDeadline, answerDeadline] { deadline?.cancel() }
    }
}
