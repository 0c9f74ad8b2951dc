import Access
import ChromaModel
import Directory
import Postgres
import TestSupport
import Testing

@testable import ControlPlane

struct EpochTests {
    @Test("another process's changes arrive through the epoch log")
    func tail() async throws {
        try await Fixture.run { fixture in
            let tenant = try await fixture.makeTenant("acme")
            let token = try await fixture.makeToken(tenant)
            let tail = Task { try await fixture.controlPlane.run() }
            while try await !isCached(token, fixture) { await Task.yield() }

            let other = try fixture.another()
            try await other.controlPlane.revokeToken(token.record.keyID, of: tenant.id)
            // Ends when the change has arrived; the clock stands still, so no lease runs out.
            while try await fixture.accepts(token.secretText) { await Task.yield() }
            tail.cancel()
            _ = try? await tail.value
        }
    }

    @Test("epochs are committed in their order, whoever writes")
    func epochOrder() async throws {
        try await Fixture.run { fixture in
            let reader = Task {
                var seen: [Int64] = []
                while seen.count < 60 {
                    seen += try await EpochLog.changes(after: seen.last ?? 0, in: fixture.pool)
                        .map(\.epoch)
                }
                return seen
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<6 {
                    group.addTask {
                        for number in 0..<10 {
                            _ = try await fixture.makeTenant("tenant-\(writer)-\(number)")
                        }
                    }
                }
                try await group.waitForAll()
            }
            // A reader that follows by number has missed none.
            #expect(try await reader.value == Array(1...60))
        }
    }

    /// Whether a look-up of the token no longer asks the database.
    private func isCached(_ token: MintedToken, _ fixture: Fixture) async throws -> Bool {
        struct NotCached: Error {}
        _ = try await fixture.controlPlane.token(token.record.keyID)
        do {
            return try await fixture.controlPlane.cache.value(token.record.keyID, in: .tokens) {
                throw NotCached()
            } != nil
        } catch is NotCached {
            return false
        }
    }
}
