import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1

/// One client's connection: Hummingbird's HTTP/1.1, guarded against slow clients
/// and against cutting answers short.
package struct ClientChannel: ServerChildChannel {
    package typealias Value = HTTP1Channel.Value

    private let http: HTTP1Channel
    private let census: ConnectionCensus

    /// - Parameters:
    ///   - idleTimeout: how long the connection may wait for its next request.
    ///   - census: counts it.
    package init(
        idleTimeout: TimeAmount, census: ConnectionCensus,
        responder: @escaping HTTPChannelHandler.Responder
    ) {
        self.census = census
        http = HTTP1Channel(
            responder: responder,
            configuration: HTTP1Channel.Configuration(idleTimeout: idleTimeout))
    }

    package func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        http.setup(channel: channel, logger: logger).flatMapThrowing { value in
            let pipeline = channel.pipeline.syncOperations
            let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            let guards: [any ChannelHandler] = [
                RequestHeadHandler(), SlowClientHandler(), ContinueHandler(),
            ]
            try pipeline.addHandlers(guards, position: .after(decoder))
            try pipeline.addHandler(LastFlushHandler(), position: .first)
            try census.watch(channel)
            return value
        }
    }

    package func handle(value: Value, logger: Logger) async {
        let executor = EventLoopTaskExecutor(value.channel.eventLoop)
        await withTaskExecutorPreference(executor) {
            await http.handle(value: value, logger: logger)
        }
    }
}
