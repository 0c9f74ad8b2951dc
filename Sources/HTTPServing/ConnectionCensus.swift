import NIOCore
import Synchronization

/// Counts a listener's connections, together and by where they come from, and closes those that
/// are too many as soon as they are accepted.
package final class ConnectionCensus: Sendable {
    /// How many connections there may be at once. 0 is no bound.
    package struct Limits: Sendable {
        package let connectionsMax: Int
        /// From one IPv4 address, or one /64 of IPv6.
        package let connectionsMaxPerAddress: Int
        /// Whether a peer is a proxy, which has connections for many: no bound of its own.
        let isProxy: @Sendable (SocketAddress) -> Bool

        package init(
            connectionsMax: Int, connectionsMaxPerAddress: Int,
            isProxy: @escaping @Sendable (SocketAddress) -> Bool = { _ in false }
        ) {
            self.connectionsMax = connectionsMax
            self.connectionsMaxPerAddress = connectionsMaxPerAddress
            self.isProxy = isProxy
        }

        /// Those of a listener that has no settings for them.
        package static func standard(
            isProxy: @escaping @Sendable (SocketAddress) -> Bool = { _ in false }
        ) -> Limits {
            Limits(connectionsMax: 1024, connectionsMaxPerAddress: 256, isProxy: isProxy)
        }
    }

    private struct Counts {
        var all = 0
        var byOrigin: [ConnectionOrigin: Int] = [:]
    }

    private let limits: Limits
    private let counts = Mutex(Counts())
    private let isClosed = Atomic(false)

    package init(_ limits: Limits) { self.limits = limits }

    /// Turns away who comes from now on, unseen by the handlers behind. Call it before the task
    /// that takes a listener's connections is cancelled: a connection that becomes active though
    /// nobody took it ends the process (`NIOAsyncWriter` would be dropped unfinished).
    package func close() { isClosed.store(true, ordering: .sequentiallyConsistent) }

    /// How many there are.
    package var count: Int { counts.withLock { $0.all } }

    /// Has a new connection counted, or closed, when it becomes active: only then does it know
    /// where it comes from. Call it on the connection's event loop.
    package func watch(_ channel: any Channel) throws {
        try channel.pipeline.syncOperations.addHandler(CensusHandler(self), position: .first)
    }

    fileprivate var isOpen: Bool { !isClosed.load(ordering: .sequentiallyConsistent) }

    /// Whether the connection is let in, and then counted until it closes.
    fileprivate func admit(_ channel: any Channel) -> Bool {
        let origin = origin(of: channel)
        guard enter(from: origin) else { return false }
        channel.closeFuture.whenComplete { _ in self.leave(from: origin) }
        return true
    }

    private func origin(of channel: any Channel) -> ConnectionOrigin? {
        guard limits.connectionsMaxPerAddress > 0, let peer = channel.remoteAddress,
            !limits.isProxy(peer)
        else { return nil }
        return ConnectionOrigin(peer)
    }

    private func enter(from origin: ConnectionOrigin?) -> Bool {
        counts.withLock { counts in
            guard limits.connectionsMax == 0 || counts.all < limits.connectionsMax else {
                return false
            }
            if let origin {
                let own = counts.byOrigin[origin, default: 0]
                guard own < limits.connectionsMaxPerAddress else { return false }
                counts.byOrigin[origin] = own + 1
            }
            counts.all += 1
            return true
        }
    }

    private func leave(from origin: ConnectionOrigin?) {
        counts.withLock { counts in
            counts.all -= 1
            guard let origin, let own = counts.byOrigin[origin] else { return }
            counts.byOrigin[origin] = own > 1 ? own - 1 : nil
        }
    }
}

/// Closes a connection that is one too many before anything of it is read.
private final class CensusHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny

    private let census: ConnectionCensus

    init(_ census: ConnectionCensus) { self.census = census }

    func channelActive(context: ChannelHandlerContext) {
        guard census.isOpen else { return context.close(promise: nil) }
        let isWelcome = census.admit(context.channel)
        // Who waits for it to become active must not wait for ever.
        context.fireChannelActive()
        if !isWelcome { context.close(promise: nil) }
    }
}
