-- What tenants may use: each is on a plan, and a tenant or a database may have other limits than
-- the plan's. The limits of plans are the release's (ChromaModel/Quota), not rows.

CREATE SCHEMA quota;

ALTER TABLE cp.tenant ADD COLUMN plan text COLLATE "C" NOT NULL DEFAULT 'self-hosted'
    CHECK (octet_length(plan) BETWEEN 1 AND 64);

-- One limit in the place of a plan's; database_id is null where it is for the whole tenant.
CREATE TABLE quota.override (
    tenant_id   uuid        NOT NULL REFERENCES cp.tenant (id),
    database_id uuid,
    usage_type  text        COLLATE "C" NOT NULL CHECK (usage_type ~ '^[a-z][a-z0-9_]{0,63}$'),
    hard_limit  bigint      NOT NULL CHECK (hard_limit BETWEEN 0 AND 1000000000000),
    reason      text        NOT NULL CHECK (octet_length(reason) BETWEEN 1 AND 1024),
    -- The key id of the token that made it, which may be deleted since.
    approved_by text        COLLATE "C" NOT NULL CHECK (octet_length(approved_by) <= 512),
    create_time timestamptz NOT NULL,
    expire_time timestamptz CHECK (expire_time > create_time),
    UNIQUE NULLS NOT DISTINCT (tenant_id, database_id, usage_type),
    FOREIGN KEY (tenant_id, database_id) REFERENCES cp.database (tenant_id, id)
        ON DELETE CASCADE
);

-- Releases that don't know the new kind forget all that they cached when they read it.
ALTER TABLE cp.epoch_log
    DROP CONSTRAINT epoch_log_kind_check,
    ADD CONSTRAINT epoch_log_kind_check CHECK (kind IN (
        'tenant_created', 'tenant_changed', 'tenant_deleted', 'database_created',
        'database_deleted', 'token_changed', 'issuer_changed', 'quota_changed', 'reset'));
