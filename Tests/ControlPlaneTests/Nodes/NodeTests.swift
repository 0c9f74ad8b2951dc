import Access
import ChromaModel
import Directory
import Platform
import Postgres
import TestSupport
import Testing

@testable import ControlPlane

/// Several control planes over one database.
struct NodeTests {
    private func node(
        _ name: String, roles: Set<NodeRole> = [.control, .frontend], pepper: UInt8 = 5
    ) throws -> ControlNode {
        ControlNode(
            id: name, name: name, bootID: UniqueID(version4From: SystemRandomSource().pair()),
            roles: roles,
            peppers: try Peppers([
                Pepper(version: 1, key: Array(repeating: pepper, count: 32))
            ]), receiptKey: "")
    }

    private func join(_ node: ControlNode, _ fixture: Fixture) async throws {
        try await fixture.pool.transaction { try await NodeStore.join(node, in: $0) }
    }

    @Test("a token revoked by one is refused by the other when the call returns")
    func revocation() async throws {
        try await Fixture.run { fixture in
            let other = try fixture.another()
            let tenant = try await fixture.makeTenant("acme")
            for plane in [fixture.controlPlane, other.controlPlane] { try await plane.join() }
            let tails = [fixture, other].map { each in
                Task { try await each.controlPlane.run() }
            }
            for _ in 0..<20 {
                let token = try await fixture.makeToken(tenant)
                while try await !other.isCached(token) { await Task.yield() }
                try await fixture.controlPlane.revokeToken(token.record.keyID, of: tenant.id)
                #expect(try await !other.accepts(token.secretText))
            }
            for tail in tails { tail.cancel() }
            for tail in tails { _ = try? await tail.value }
        }
    }

    @Test("each knows how many frontends the others have, and who has left has none")
    func frontends() async throws {
        try await Fixture.run { fixture in
            let peer = try node("peer")
            try await join(peer, fixture)
            _ = try await NodeStore.beat(
                peer, appliedEpoch: 0, frontends: 3, in: fixture.pool)
            let tail = Task { try await fixture.controlPlane.run() }
            while fixture.controlPlane.frontendCount(own: 1) != 4 { await Task.yield() }
            try await NodeStore.leave(peer, in: fixture.pool)
            while fixture.controlPlane.frontendCount(own: 1) != 1 { await Task.yield() }
            tail.cancel()
            _ = try? await tail.value
        }
    }

    @Test("a second engine is refused, and told beside whom")
    func secondEngine() async throws {
        try await Fixture.run { fixture in
            try await join(node("first", roles: [.control, .frontend, .engine]), fixture)
            let second = try node("second", roles: [.control, .engine])
            await expectRefusal(.failedPrecondition) { try await join(second, fixture) }
            try await join(node("third"), fixture)
            // The first starts again.
            try await join(node("first", roles: [.control, .frontend, .engine]), fixture)
        }
    }

    @Test("a process with other keys is refused")
    func otherKeys() async throws {
        try await Fixture.run { fixture in
            try await join(node("first"), fixture)
            let second = try node("second", pepper: 6)
            await expectRefusal(.failedPrecondition) { try await join(second, fixture) }
            // Alone it may begin with new ones.
            try await join(node("first", pepper: 6), fixture)
        }
    }

    @Test("who finds its place taken by another process of the same id ends")
    func placeTaken() async throws {
        try await Fixture.run { fixture in
            let own = fixture.controlPlane.membership.node
            try await join(own, fixture)
            try await join(node(own.id), fixture)
            await expectRefusal(.failedPrecondition) { try await fixture.controlPlane.run() }
        }
    }

    @Test("the first tokens are not made anew beside another server")
    func bootstrap() async throws {
        try await Fixture.run { fixture in
            let disk = SimulatedFileSystem()
            try await fixture.controlPlane.join()
            #expect(
                try await fixture.controlPlane.bootstrap(
                    file: "/bootstrap.json", fileSystem: disk) != nil)
            let other = try fixture.another()
            try await other.controlPlane.join()
            #expect(
                try await other.controlPlane.bootstrap(
                    file: "/other.json", fileSystem: disk) == nil)
        }
    }
}

/// The epoch log is bounded.
struct EpochPruneTests {
    private func age(_ fixture: Fixture) async throws {
        try await fixture.pool.query("UPDATE cp.epoch_log SET at = at - interval '2 days'")
    }

    private func epochs(_ fixture: Fixture) async throws -> [Int64] {
        try await EpochLog.changes(after: 0, in: fixture.pool).map(\.epoch)
    }

    @Test("old changes go, but the newest, and what a process has not followed")
    func pruned() async throws {
        try await Fixture.run { fixture in
            for number in 1...6 { _ = try await fixture.makeTenant("tenant-\(number)") }
            try await EpochLog.prune(in: fixture.pool)
            #expect(try await epochs(fixture) == Array(1...6))
            try await age(fixture)
            let peer = try ControlNode.nameless(fixture.peppers, SystemRandomSource())
            try await fixture.pool.transaction { try await NodeStore.join(peer, in: $0) }
            _ = try await NodeStore.beat(peer, appliedEpoch: 4, frontends: 0, in: fixture.pool)
            try await EpochLog.prune(in: fixture.pool)
            #expect(try await epochs(fixture) == [4, 5, 6])
            try await NodeStore.leave(peer, in: fixture.pool)
            try await EpochLog.prune(in: fixture.pool)
            #expect(try await epochs(fixture) == [6])
            _ = try await fixture.makeTenant("tenant-7")
            #expect(try await epochs(fixture) == [6, 7])
        }
    }

    @Test("who is behind what was removed forgets all it knows", arguments: [false, true])
    func behind(isNewSession: Bool) async throws {
        try await Fixture.run { fixture in
            let tenant = try await fixture.makeTenant("acme")
            let token = try await fixture.makeToken(tenant)
            let tail = Task { try await fixture.controlPlane.run() }
            while try await !fixture.isCached(token) { await Task.yield() }
            // Another process revokes it, and the change is removed before it was read.
            try await fixture.pool.transaction { transaction in
                _ = try await TokenStore.revoke(
                    .keyIDs([token.record.keyID]), of: tenant.id,
                    atMilliseconds: fixture.time.unixMilliseconds(), in: transaction)
                try await transaction.query("SELECT cp.log_epoch('prices_changed', NULL, '')")
                try await transaction.query("SELECT cp.log_epoch('prices_changed', NULL, '')")
                try await transaction.query(
                    """
                    DELETE FROM cp.epoch_log
                    WHERE epoch < (SELECT max(epoch) FROM cp.epoch_log)
                    """)
                if isNewSession {
                    try await transaction.query(
                        """
                        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                        WHERE datname = current_database() AND pid <> pg_backend_pid()
                        """)
                }
            }
            // A look-up may get one of the sessions that were ended.
            while (try? await fixture.accepts(token.secretText)) != false { await Task.yield() }
            tail.cancel()
            _ = try? await tail.value
        }
    }
}

extension Fixture {
    /// Whether a look-up of the token no longer asks the database.
    func isCached(_ token: MintedToken) async throws -> Bool {
        struct NotCached: Error {}
        _ = try await controlPlane.token(token.record.keyID)
        do {
            return try await controlPlane.cache.value(token.record.keyID, in: .tokens) {
                throw NotCached()
            } != nil
        } catch is NotCached {
            return false
        }
    }
}
