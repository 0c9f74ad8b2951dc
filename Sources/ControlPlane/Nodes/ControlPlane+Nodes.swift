import ChromaModel
import Directory
import Logging
import Postgres

extension ControlPlane {
    /// Takes this process's place among those that share its database; before anything is changed.
    ///
    /// Throws `failedPrecondition` when it doesn't fit them.
    package func join() async throws {
        try await translatingErrors {
            try await pool.transaction { [node = membership.node] transaction in
                try await NodeStore.join(node, in: transaction)
            }
        }
        membership.expect()
    }

    /// How many frontends share the rate limits: those of other processes, those that hang on this
    /// one, and its own.
    ///
    /// - Parameter own: how many frontends this process has.
    package func frontendCount(own: Int) -> Int {
        max(nodes.count(of: .frontend) + own + membership.peers.frontends, 1)
    }

    /// Whether other control planes share the database, as far as is known here.
    package var hasPeers: Bool { membership.peers.count > 0 }

    /// Nobody waits for a process that has stopped. If it can't say so, or frontends elsewhere may
    /// still go by its word, they wait for a lease.
    func leave() async {
        guard nodes.count(of: .frontend) == 0 else { return }
        do { try await NodeStore.leave(membership.node, in: pool) } catch {
            logger.info("the others couldn't be told of the stop", metadata: ["error": "\(error)"])
        }
    }
}
