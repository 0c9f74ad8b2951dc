import Access
import Directory
import Postgres

extension ControlPlane {
    /// When each of the tokens was last let in, in Unix milliseconds, by this process or, a minute
    /// late, by another. Those that never were are left out.
    package func lastUses(of keyIDs: [TokenKeyID]) async throws -> [TokenKeyID: UInt64] {
        var times = try await translatingErrors {
            try await TokenUseStore.find(keyIDs, in: pool)
        }
        for keyID in keyIDs {
            guard let noted = uses.find(keyID) else { continue }
            times[keyID] = max(times[keyID] ?? 0, noted)
        }
        return times
    }
}
