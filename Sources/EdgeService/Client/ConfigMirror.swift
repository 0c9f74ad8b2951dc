import Access
import ChromaModel
import Directory
import FoundationEssentials
import GRPCCore
import Logging
import Platform
import ServiceLifecycle
import Synchronization
import SwiftProtobuf
import TesseraRPC
import TransportSecurity

/// Follows the control plane from another process, and says how long what is known may be
/// believed.
///
/// Every second it sends a word, and each answer extends the authority to 5 s after its word was
/// sent. When the connection is lost, refused connections are proof that no control plane runs
/// that could revoke anything, and extend it likewise, up to the grace. Silence extends nothing.
package final class ConfigMirror: Service {
    /// How often a word is sent.
    private static let wordSeconds = 1
    /// A stream on which no answer came for so long is given up for a new connection.
    private static let silenceSeconds = 3
    /// How long making the node known may take.
    private static let registerSeconds = 5
    /// How long to wait between two attempts.
    private static let retryMilliseconds = 250

    private struct State {
        var peppers: Peppers?
        var appliedEpoch: Int64 = 0
        var frontendCount = 1
        /// Whether other control planes could revoke something while this one is away.
        var hasPeers = false
        /// When an answer came last; 0 for never.
        var heardNanoseconds: UInt64 = 0
        /// Whether it was told already that the control plane is away.
        var isAway = false
    }

    package let cache: DirectoryCache
    let node: NodeIdentity
    private let address: NodeAddress
    private let certificate: NodeCertificate
    private let graceNanoseconds: UInt64
    private let time: any TimeSource
    private let logger: Logger
    private let state = Mutex(State())
    private let contact = FirstContact()

    /// - Parameters:
    ///   - graceSeconds: how long refused connections may stand for the control plane's word.
    package init(
        of address: NodeAddress, as node: NodeIdentity, certificate: NodeCertificate,
        graceSeconds: Int, time: any TimeSource, logger: Logger
    ) {
        self.address = address
        self.node = node
        self.certificate = certificate
        self.time = time
        self.logger = logger
        graceNanoseconds = UInt64(max(graceSeconds, 0)) * 1_000_000_000
        cache = DirectoryCache(time: time)
    }

    /// What tokens are verified with. Throws `unavailable` before the first contact.
    package func peppers() throws -> Peppers {
        guard let peppers = state.withLock({ $0.peppers }) else {
            throw ServiceError(
                .unavailable, "The control plane was not reached yet; try again shortly.")
        }
        return peppers
    }

    /// How many frontends share the rate limits, as the control plane last said.
    package var frontendCount: Int { state.withLock { $0.frontendCount } }

    /// Returns when the control plane has been reached for the first time.
    package func firstContact() async throws { try await contact.wait() }

    /// Throws `unavailable` when nobody is let in: the control plane was never heard, or not for
    /// longer than its word holds.
    package func checkAuthority() throws(ServiceError) {
        guard cache.isTrusted else {
            throw ServiceError(
                .unavailable,
                """
                The control plane was not heard for \(DirectoryCache.trustSeconds) s, so no token \
                is believed; see whether it runs and edge.control_url reaches it.
                """)
        }
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await self.follow()
                } catch {
                    await self.outlast(error)
                }
                try? await Task.sleep(for: .milliseconds(Self.retryMilliseconds))
            }
        }
    }
}

// The stream.
extension ConfigMirror {
    /// Connects anew and follows until the connection is lost or silent: a stream over an old
    /// connection may be stuck behind what the network never delivers.
    private func follow() async throws {
        let transport = try NodeChannel.transport(
            to: address, .control, certificate, callSeconds: nil,
            responseBytesMax: EdgeServer.requestBytesMax)
        try await withGRPCClient(transport: transport) { client in
            let edge = ControlLink.Client(wrapping: client)
            try await register(edge)
            try await stream(edge)
        }
    }

    private func register(_ edge: ControlLink.Client) async throws {
        var options = CallOptions.defaults
        options.timeout = .seconds(Self.registerSeconds)
        let answer = try await edge.registerNode(
            .with {
                $0.nodeID = node.id
                $0.bootID = Data(node.bootID)
                $0.roles = node.roles.map(\.rawValue).sorted()
            }, options: options)
        let peppers = try Peppers(
            answer.peppers.map { try Pepper(version: Int($0.version), key: Array($0.key)) })
        state.withLock { $0.peppers = peppers }
    }

    private func stream(_ edge: ControlLink.Client) async throws {
        let (wakeUps, wake) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let began = time.monotonicNanoseconds()
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await self.watch(since: began) }
            tasks.addTask {
                while !Task.isCancelled {
                    try await Task.sleep(for: .seconds(Self.wordSeconds))
                    wake.yield()
                }
            }
            tasks.addTask {
                try await edge.streamConfig(
                    request: StreamingClientRequest { writer in
                        try await writer.write(self.word())
                        for await _ in wakeUps { try await writer.write(self.word()) }
                    }
                ) { response in
                    for try await news in response.messages where self.take(news) { wake.yield() }
                }
                throw ServiceError(.unavailable, "The control plane ended the stream.")
            }
            defer { tasks.cancelAll() }
            try await tasks.next()
        }
    }

    private func word() -> EdgeStreamConfigRequest {
        .with {
            $0.nodeID = node.id
            $0.bootID = Data(node.bootID)
            $0.appliedEpoch = state.withLock { $0.appliedEpoch }
            $0.sentNanoseconds = time.monotonicNanoseconds()
        }
    }

    /// Carries out what came. Returns whether the control plane waits to hear so.
    private func take(_ news: EdgeStreamConfigResponse) -> Bool {
        for change in news.changes { cache.invalidate(change.change) }
        let now = time.monotonicNanoseconds()
        let wasAway = state.withLock { state in
            state.appliedEpoch = news.epoch
            state.frontendCount = max(Int(news.frontendCount), 1)
            state.hasPeers = news.hasPeers_p
            state.heardNanoseconds = now
            defer { state.isAway = false }
            return state.isAway
        }
        // Never later than the word was sent, whatever the answer says of the age.
        if news.sentNanoseconds > news.ageNanoseconds, news.sentNanoseconds <= now {
            cache.trust(fromNanoseconds: news.sentNanoseconds - news.ageNanoseconds)
            contact.made()
        }
        if wasAway { logger.notice("the control plane is back") }
        return !news.changes.isEmpty
    }

    /// Throws when no answer came for too long.
    private func watch(since began: UInt64) async throws {
        while true {
            try await Task.sleep(for: .milliseconds(Self.retryMilliseconds))
            let heard = max(state.withLock { $0.heardNanoseconds }, began)
            let silence = time.monotonicNanoseconds() - heard
            guard silence < UInt64(Self.silenceSeconds) * 1_000_000_000 else {
                throw ServiceError(.unavailable, "The control plane is silent.")
            }
        }
    }
}

// The control plane is away.
extension ConfigMirror {
    /// Asks whether anybody listens where the control plane did. A refusal is the kernel's own
    /// word that no such process runs now, so nothing was revoked before it, unless other control
    /// planes share its database.
    private func outlast(_ error: any Error) async {
        guard !Task.isCancelled else { return }
        let asked = time.monotonicNanoseconds()
        let isRefused = await ConnectionProbe.isRefused(by: address)
        let (heard, isNew, hasPeers) = state.withLock { state in
            defer { state.isAway = true }
            return (state.heardNanoseconds, !state.isAway, state.hasPeers)
        }
        if isNew {
            logger.warning(
                "the control plane is away",
                metadata: ["error": "\(error)", "refuses_connections": "\(isRefused)"])
        }
        guard isRefused, !hasPeers, heard > 0, asked < heard + graceNanoseconds else { return }
        cache.trust(fromNanoseconds: asked)
    }
}
