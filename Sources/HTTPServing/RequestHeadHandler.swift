import NIOCore
import NIOHTTP1

/// Holds requests to what HTTP asks of a head beyond its syntax (RFC 9112 §3.2, §9.3).
///
/// Host is there once from HTTP/1.1 on; otherwise the answer is 400, and the connection ends.
/// Whoever speaks HTTP/1.0 is told the answer's end by the connection's, unless it asks to keep it.
final class RequestHeadHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    private var isRefused = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isRefused else { return }
        guard case .head(let head) = unwrapInboundIn(data) else {
            return context.fireChannelRead(data)
        }
        if head.version != .http1_0 && head.headers["host"].count != 1 {
            isRefused = true
            return context.fireErrorCaught(HTTPParserError.invalidHost)
        }
        // As it came, for nearly all: to wrap it anew is to copy it.
        guard !head.isKeepAlive else { return context.fireChannelRead(data) }
        context.fireChannelRead(wrapInboundOut(.head(Self.closing(head))))
    }

    private static func closing(_ head: HTTPRequestHead) -> HTTPRequestHead {
        var head = head
        head.headers.replaceOrAdd(name: "connection", value: "close")
        return head
    }
}
