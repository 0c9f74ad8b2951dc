import NIOCore
import NIOHTTP1

/// Closes connections whose client is too slow to be honest: it never finishes its first request
/// head, drips its body, or does not read its answer.
///
/// Between requests the connection's idle timeout counts, which Hummingbird keeps.
final class SlowClientHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// How long a client may take; tests shorten it.
    struct Patience: Sendable {
        /// From connecting to the end of the first request head.
        var firstHead = TimeAmount.seconds(10)
        /// How often a body's rate is looked at; also the grace before the first look.
        var bodyCheck = TimeAmount.seconds(10)
        /// Bytes of a body that have to come between two looks: 1 KiB a second.
        var bodyBytesMin = 10 * 1024
        /// An answer has to move at all in this time.
        var answerCheck = TimeAmount.seconds(30)
    }

    private let patience: Patience
    private var firstHeadDeadline: Scheduled<Void>?
    private var bodyDeadline: Scheduled<Void>?
    private var answerDeadline: Scheduled<Void>?
    private var isBodyExpected = false
    /// Whether we asked for bytes; while we did not, the client can't be blamed.
    private var isReadPending = false
    private var bodyBytes = 0
    /// Counts the requests of the connection.
    private var requestNumber: UInt64 = 0

    init(_ patience: Patience = Patience()) { self.patience = patience }

    func handlerAdded(context: ChannelHandlerContext) {
        firstHeadDeadline = abandon(context, in: patience.firstHead) { true }
    }

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
        case .head:
            firstHeadDeadline?.cancel()
            firstHeadDeadline = nil
            isBodyExpected = true
            bodyBytes = 0
            requestNumber += 1
        case .body(let chunk): bodyBytes += chunk.readableBytes
        case .end: isBodyExpected = false
        }
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isReadPending = false
        // Most bodies arrive whole with their head and are never watched.
        if isBodyExpected, bodyDeadline == nil { watchBody(context) }
        context.fireChannelReadComplete()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            answerDeadline?.cancel()
            answerDeadline = nil
        } else if answerDeadline == nil {
            watchAnswer(context)
        }
        context.fireChannelWritabilityChanged()
    }

    private func watchBody(_ context: ChannelHandlerContext) {
        let bytesBefore = bodyBytes
        let request = requestNumber
        bodyDeadline = abandon(context, in: patience.bodyCheck) {
            self.bodyDeadline = nil
            guard self.isBodyExpected else { return false }
            // The body of a later request has its own time from now on.
            let isSlow = self.bodyBytes - bytesBefore < self.patience.bodyBytesMin
            if self.isReadPending, self.requestNumber == request, isSlow { return true }
            self.watchBody(context)
            return false
        }
    }

    private func watchAnswer(_ context: ChannelHandlerContext) {
        let bytesBefore = Self.bytesUnsent(context)
        answerDeadline = abandon(context, in: patience.answerCheck) {
            self.answerDeadline = nil
            guard !context.channel.isWritable else { return false }
            if Self.bytesUnsent(context) >= bytesBefore { return true }
            self.watchAnswer(context)
            return false
        }
    }

    /// Abandons the connection after `delay` if the condition holds then.
    private func abandon(
        _ context: ChannelHandlerContext, in delay: TimeAmount, if condition: @escaping () -> Bool
    ) -> Scheduled<Void> {
        context.eventLoop.assumeIsolated().scheduleTask(in: delay) {
            guard condition() else { return }
            context.triggerUserOutboundEvent(ConnectionAbandoned(), promise: nil)
        }
    }

    private func cancelDeadlines() {
        for deadline in [firstHeadDeadline, bodyDeadline, answerDeadline] { deadline?.cancel() }
    }

    private static func bytesUnsent(_ context: ChannelHandlerContext) -> Int {
        (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }
}
