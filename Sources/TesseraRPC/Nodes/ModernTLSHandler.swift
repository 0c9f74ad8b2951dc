import NIOCore
import NIOSSL

/// Closes a connection whose TLS is older than 1.3. The library's listener can't be told so; both
/// ends are ours and have no need of anything older, such as the suites of 1.2 with CBC.
final class ModernTLSHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // Bytes come through when the handshake is over.
        guard (try? context.pipeline.syncOperations.nioSSL_tlsVersion()) == .tlsv13 else {
            context.close(promise: nil)
            return
        }
        context.fireChannelRead(data)
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }
}
