import ChromaModel
import Directory
import Postgres

/// Table `cp.node`: the processes with the role control that share the database.
enum NodeStore {
    /// A row that has said nothing for so long is removed; until then it keeps others from taking
    /// its engine's place.
    static let keptSeconds = 86_400

    /// Adds the row of a process that starts, or takes it over from its own earlier start.
    ///
    /// Throws `failedPrecondition` when it doesn't fit those that are there.
    static func join(_ node: ControlNode, in transaction: PostgresTransaction) async throws {
        // One at a time, so that two can't both find nobody.
        try await transaction.query(
            "SELECT pg_advisory_xact_lock(hashtextextended('cp.node', 0))")
        try await refuseMisfits(node, in: transaction)
        try await transaction.query(
            """
            INSERT INTO cp.node AS n
                (id, name, boot_id, has_engine, keys_digest, lease_until)
            VALUES (\(node.id), \(node.name), \(node.bootID), \(node.hasEngine),
                \(node.keysDigest), \(leaseEnd))
            ON CONFLICT (id) DO UPDATE SET name = excluded.name, boot_id = excluded.boot_id,
                has_engine = excluded.has_engine, keys_digest = excluded.keys_digest,
                lease_until = excluded.lease_until, applied_epoch = 0, frontends = 0,
                beats = n.beats + 1
            """)
    }

    /// Says that the process is there and how far it has come, and returns the others; nil when it
    /// isn't registered: removed, or its place taken.
    ///
    /// - Parameter wakesPeers: has the others look now.
    static func beat(
        _ node: ControlNode, appliedEpoch: Int64, frontends: Int, wakesPeers: Bool = false,
        in session: some PostgresSession
    ) async throws -> [Peer]? {
        let hint: SQL = wakesPeers ? "RETURNING pg_notify('tessera_epoch', '')" : ""
        let rows = try await session.query(
            """
            WITH beat AS (
                UPDATE cp.node SET beats = beats + 1, applied_epoch = \(.integer(appliedEpoch)),
                    frontends = \(frontends), lease_until = \(leaseEnd)
                WHERE id = \(node.id) AND boot_id = \(node.bootID) \(hint))
            \(all)
            """)
        return try others(rows, than: node)
    }

    /// The same without a word.
    static func peers(of node: ControlNode, in session: some PostgresSession) async throws
        -> [Peer]?
    {
        try others(try await session.query(all), than: node)
    }

    /// The process stops, and believes nothing any more.
    static func leave(_ node: ControlNode, in session: some PostgresSession) async throws {
        try await session.query(
            """
            UPDATE cp.node SET beats = beats + 1, applied_epoch = \(.integer(.max)),
                frontends = 0, lease_until = clock_timestamp()
            WHERE id = \(node.id) AND boot_id = \(node.bootID)
            """)
    }

    /// The start that has the process's row now; nil when there is none.
    static func bootID(of node: ControlNode, in session: some PostgresSession) async throws
        -> UniqueID?
    {
        try await session.query("SELECT boot_id FROM cp.node WHERE id = \(node.id)")
            .first?.uuid("boot_id")
    }

    /// Whether another process was there in the last day.
    static func hasOthers(than node: ControlNode, in session: some PostgresSession) async throws
        -> Bool
    {
        try await !session.query("SELECT 1 AS one FROM cp.node WHERE id <> \(node.id) LIMIT 1")
            .isEmpty
    }

    static func removeForgotten(in session: some PostgresSession) async throws {
        try await session.query(
            """
            DELETE FROM cp.node
            WHERE lease_until < clock_timestamp() - make_interval(secs => \(keptSeconds))
            """)
    }

    private static let all: SQL =
        "SELECT id, name, boot_id, beats, applied_epoch, frontends FROM cp.node"

    /// For people and for `removeForgotten`: leases are judged by `PeerWatch`.
    private static var leaseEnd: SQL {
        "clock_timestamp() + make_interval(secs => \(Int(DirectoryCache.trustSeconds)))"
    }

    private static func others(_ rows: [Row], than node: ControlNode) throws -> [Peer]? {
        let all = try rows.map { row in
            Peer(
                id: try row.text("id"), name: try row.text("name"),
                bootID: try row.uuid("boot_id"), beats: try row.int64("beats"),
                appliedEpoch: try row.int64("applied_epoch"),
                frontends: Int(try row.int64("frontends")))
        }
        guard all.contains(where: { $0.id == node.id && $0.bootID == node.bootID }) else {
            return nil
        }
        return all.filter { $0.id != node.id }
    }
}

extension NodeStore {
    private static func refuseMisfits(
        _ node: ControlNode, in transaction: PostgresTransaction
    ) async throws {
        let others = try await transaction.query(
            "SELECT id, name, has_engine, keys_digest FROM cp.node WHERE id <> \(node.id)")
        for other in others {
            let name = try other.text("name")
            guard try other.bytes("keys_digest") == node.keysDigest else {
                throw otherKeys(than: name)
            }
            guard try !(node.hasEngine && other.bool("has_engine")) else {
                throw secondEngine(beside: name, try other.text("id"))
            }
        }
    }

    private static func otherKeys(than name: String) -> ServiceError {
        ServiceError(
            .failedPrecondition,
            """
            The server "\(name)" on this PostgreSQL has other keys, so neither would take the \
            other's tokens: copy the files pepper and receipt-key of its data directory into \
            this one.
            """)
    }

    private static func secondEngine(beside name: String, _ id: String) -> ServiceError {
        ServiceError(
            .failedPrecondition,
            """
            The server "\(name)" on this PostgreSQL has the engine, and a tenant's data has one \
            owner: start this one with --roles control,frontend and name that engine in \
            edge.engine_url. If this one takes its place, with its data, write \(id) into \
            the file node-id of this data directory.
            """)
    }
}
