import NIOCore
import NIOHTTP1

/// Tells when a connection's client has left.
///
/// A connection that ended or was reset is one sign. The end of what the client sends is none: it
/// may have shut down its side alone (RFC 9112 §9.6) and still read. TCP can't tell the two apart
/// until something is sent, so a client that waits for its answer is sent `100 Continue` then,
/// which every client of HTTP/1.1 must take, expected or not (RFC 9110 §15.2): whose socket is
/// closed resets the connection.
final class ClientPresenceHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// How long an answer may be in coming before a client that sends no more is asked. Most are
    /// answered before.
    static let patience = TimeAmount.milliseconds(500)

    private let presence: ClientPresence
    /// Requests that came whole and whose answer has not begun.
    private var requestsUnanswered = 0
    /// Whether an answer was begun and not ended: nothing may come between its parts.
    private var isAnswering = false
    /// Whether the last request's client takes answers before the answer.
    private var takesInterimAnswers = false
    private var asking: Scheduled<Void>?

    init(_ presence: ClientPresence) { self.presence = presence }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch Self.unwrapInboundIn(data) {
        case .head(let head): takesInterimAnswers = head.version != .http1_0
        case .body: break
        case .end: requestsUnanswered += 1
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch Self.unwrapOutboundIn(data) {
        case .head(let head) where !head.isInformational:
            requestsUnanswered -= 1
            isAnswering = true
        case .head, .body: break
        case .end: isAnswering = false
        }
        context.write(data, promise: promise)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        context.fireUserInboundEventTriggered(event)
        guard event as? ChannelEvent == .inputClosed, asking == nil else { return }
        askLater(context)
    }

    private func askLater(_ context: ChannelHandlerContext) {
        asking = context.eventLoop.assumeIsolated().scheduleTask(in: Self.patience) {
            self.ask(context)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) { asking?.cancel() }

    func channelInactive(context: ChannelHandlerContext) {
        asking?.cancel()
        presence.leave()
        context.fireChannelInactive()
    }

    private func ask(_ context: ChannelHandlerContext) {
        guard requestsUnanswered > 0, takesInterimAnswers else { return }
        if isAnswering { return askLater(context) }
        let head = HTTPResponseHead(version: .http1_1, status: .continue)
        context.writeAndFlush(Self.wrapOutboundOut(.head(head)), promise: nil)
    }
}

extension HTTPResponseHead {
    /// Whether the answer is still to come.
    fileprivate var isInformational: Bool { (100..<200).contains(status.code) }
}
