import GRPCNIOTransportHTTP2
import HTTPServing
import NIOCore

/// What one client, and all together, may take of a gRPC listener.
package struct RPCLimits: Sendable {
    /// How many calls a connection may have open; a client waits with further ones.
    package let streamsMaxPerConnection: Int
    let census: ConnectionCensus

    /// Without a call, a connection is closed after so long; clients connect again by themselves.
    static let idleSeconds = 600
    /// A peer that is silent for so long is asked whether it is there.
    static let keepaliveSeconds = 60
    /// The time it has for an answer.
    static let keepaliveAnswerSeconds = 20
    /// What a connection that is to close may still take for the calls that it has.
    static let closingSeconds = 25
    /// Connections that may wait to be accepted.
    static let connectionsWaitingMax = 1024

    package init(
        connections: ConnectionCensus.Limits = .standard(),
        streamsMaxPerConnection: Int = RPCLimits.streamsMaxPerConnectionStandard
    ) {
        self.streamsMaxPerConnection = streamsMaxPerConnection
        census = ConnectionCensus(connections)
    }

    /// Where no setting says otherwise.
    package static let streamsMaxPerConnectionStandard = 128
}

extension RPCLimits {
    /// Sets the bounds in a configuration of the transport's. Header lists are bounded by the
    /// transport itself, to 16 KiB, and so are floods of resets, pings and continuations.
    func apply(to http2: inout HTTP2ServerTransport.Config.HTTP2) {
        http2.maxConcurrentStreams = streamsMaxPerConnection
    }

    func apply(to connection: inout HTTP2ServerTransport.Config.Connection) {
        connection.maxIdleTime = .seconds(Self.idleSeconds)
        connection.maxGraceTime = .seconds(Self.closingSeconds)
        connection.keepalive.time = .seconds(Self.keepaliveSeconds)
        connection.keepalive.timeout = .seconds(Self.keepaliveAnswerSeconds)
    }

    /// Has slow calls of a connection ended.
    func apply(to callbacks: inout HTTP2ServerTransport.Config.ChannelDebuggingCallbacks) {
        callbacks.onAcceptHTTP2Stream = { stream in
            stream.eventLoop.makeCompletedFuture {
                try stream.pipeline.syncOperations.addHandler(SlowCallHandler(), position: .first)
            }
        }
    }
}
