import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1

/// One client's connection: Hummingbird's HTTP/1.1, guarded against slow clients
/// and against cutting answers short.
package struct ClientChannel: ServerChildChannel {
    /// A connection, and whether its client is there.
    package struct Value: ServerChildChannelValue {
        fileprivate let http: HTTP1Channel.Value
        fileprivate let presence: ClientPresence

        package var channel: any Channel { http.channel }
    }

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
            let presence = ClientPresence()
            let pipeline = channel.pipeline.syncOperations
            let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            let guards: [any ChannelHandler] = [
                RequestHeadHandler(), SlowClientHandler(), ContinueHandler(),
                ClientPresenceHandler(presence),
            ]
            try pipeline.addHandlers(guards, position: .after(decoder))
            try pipeline.addHandler(LastFlushHandler(), position: .first)
            try census.watch(channel)
            return Value(http: value, presence: presence)
        }
    }

    package func handle(value: Value, logger: Logger) async {
        let executor = EventLoopTaskExecutor(value.channel.eventLoop)
        await value.presence.serve(on: executor) {
            await http.handle(value: value.http, logger: logger)
        }
    }
}
