import Crypto
import Postgres

/// A digest of what the schema is, however it came to be: two databases with the same one have
/// the same tables, columns, constraints, indexes, functions, triggers and row security.
package enum CatalogFingerprint {
    /// Of the schemas that are ours. Partitions come and go, so they are no part of it.
    package static func compute(in session: some PostgresSession) async throws -> [UInt8] {
        var hasher = SHA256()
        for line in try await lines(in: session) { hasher.update(data: Array((line + "\n").utf8)) }
        return Array(hasher.finalize())
    }

    /// What the digest is made of, sorted; for people who look for the difference.
    package static func lines(in session: some PostgresSession) async throws -> [String] {
        try await session.query(
            """
            WITH ours AS (SELECT oid, nspname FROM pg_namespace
                          WHERE nspname IN ('mig', 'cp', 'acl', 'quota', 'audit',
                                          'usage')),
            tables AS (SELECT c.oid, ours.nspname || '.' || c.relname AS name, c.relkind
                       FROM pg_class c JOIN ours ON ours.oid = c.relnamespace
                       WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S')
                       AND NOT c.relispartition)
            SELECT line FROM (
                SELECT 'schema ' || nspname AS line FROM ours
                UNION ALL SELECT 'relation ' || name || ' ' || relkind::text FROM tables
                UNION ALL SELECT 'column ' || t.name || '.' || a.attname || ' '
                    || format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull || ' '
                    || a.attcollation || ' ' || a.attidentity::text || a.attgenerated::text
                    || ' ' || coalesce(pg_get_expr(d.adbin, d.adrelid), '')
                    FROM tables t JOIN pg_attribute a ON a.attrelid = t.oid
                    LEFT JOIN pg_attrdef d ON d.adrelid = t.oid AND d.adnum = a.attnum
                    WHERE a.attnum > 0 AND NOT a.attisdropped
                UNION ALL SELECT 'constraint ' || t.name || ' ' || k.conname || ' '
                    || pg_get_constraintdef(k.oid)
                    FROM tables t JOIN pg_constraint k ON k.conrelid = t.oid
                UNION ALL SELECT 'index ' || pg_get_indexdef(i.indexrelid) || ' ' || i.indisvalid
                    FROM tables t JOIN pg_index i ON i.indrelid = t.oid
                UNION ALL SELECT 'trigger ' || pg_get_triggerdef(g.oid)
                    FROM tables t JOIN pg_trigger g ON g.tgrelid = t.oid WHERE NOT g.tgisinternal
                UNION ALL SELECT 'security ' || t.name || ' ' || c.relrowsecurity || ' '
                    || c.relforcerowsecurity
                    FROM tables t JOIN pg_class c ON c.oid = t.oid WHERE c.relrowsecurity
                UNION ALL SELECT 'policy ' || t.name || ' ' || p.polname || ' '
                    || p.polcmd::text || ' ' || coalesce(pg_get_expr(p.polqual, p.polrelid), '')
                    || ' ' || coalesce(pg_get_expr(p.polwithcheck, p.polrelid), '')
                    FROM tables t JOIN pg_policy p ON p.polrelid = t.oid
                UNION ALL SELECT 'function ' || pg_get_functiondef(f.oid)
                    FROM pg_proc f JOIN ours ON ours.oid = f.pronamespace
            ) AS everything ORDER BY line COLLATE "C"
            """
        ).map { try $0.text("line") }
    }
}
