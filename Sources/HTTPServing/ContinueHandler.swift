import NIOCore
import NIOHTTP1

/// Asks the connection to tell its client to send the body (RFC 9110 §10.1.1).
package struct ContinueWanted: Sendable {
    package init() {}
}

/// Writes `100 Continue`, but only once the request was authorised and its body is wanted.
final class ContinueHandler: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    func triggerUserOutboundEvent(
        context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?
    ) {
        guard event is ContinueWanted else {
            context.triggerUserOutboundEvent(event, promise: promise)
            return
        }
        let head = HTTPResponseHead(version: .http1_1, status: .continue)
        context.writeAndFlush(Self.wrapOutboundOut(.head(head)), promise: promise)
    }
}
