-- Buckets of rate limits, one for each limited use of a tenant that was used lately. Frontends
-- take leases from them, so a row is locked some ten times a second at the most.
--
-- Not logged: a crash of PostgreSQL empties the table, and a missing bucket is a full one.
CREATE UNLOGGED TABLE quota.bucket (
    key          text   COLLATE "C" PRIMARY KEY CHECK (octet_length(key) <= 256),
    -- Millionths of a request, byte or query unit.
    tokens_micro bigint NOT NULL CHECK (tokens_micro >= 0),
    -- Unix time in nanoseconds, by this server's clock.
    updated_ns   bigint NOT NULL CHECK (updated_ns >= 0)
) WITH (fillfactor = 50);
