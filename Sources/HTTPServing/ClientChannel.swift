import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1

/// One client's connection: Hummingbird's HTTP/1.1, guarded against slow clients
/// and against cutting answers short.
struct ClientChannel: ServerChildChannel {
    typealias Value = HTTP1Channel.Value

    let http: HTTP1Channel

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        http.setup(channel: channel, logger: logger).flatMapThrowing { value in
            let pipeline = channel.pipeline.syncOperations
            let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            let guards: [any ChannelHandler] = [SlowClientHandler(), ContinueHandler()]
            try pipeline.addHandlers(guards, position: .after(decoder))
            try pipeline.addHandler(LastFlushHandler(), position: .first)
            return value
        }
    }

    func handle(value: Value, logger: Logger) async {
        await http.handle(value: value, logger: logger)
    }
}
