-- Exports into files: which there are, how far they are, and the files themselves, so that any
-- control plane can make, show and send them.

CREATE TABLE usage.export (
    id           uuid        PRIMARY KEY,
    -- Null: of all tenants.
    tenant_id    uuid        REFERENCES cp.tenant (id) ON DELETE CASCADE,
    -- What is exported: a tessera.admin.v1.ExportUsageRequest.
    request      bytea       NOT NULL,
    format       text        NOT NULL,
    content_type text        NOT NULL,
    state        text        NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed')),
    -- Which run it is: the one before may write no more.
    attempt      bigint      NOT NULL DEFAULT 0,
    -- Until then it is its run's; after that another is begun.
    lease_time   timestamptz NOT NULL,
    bytes        bigint      NOT NULL DEFAULT 0,
    -- Of the whole file, once it is done.
    sha256       bytea       CHECK (octet_length(sha256) = 32),
    -- Why it failed.
    problem      text        NOT NULL DEFAULT '',
    create_time  timestamptz NOT NULL,
    expire_time  timestamptz NOT NULL,
    CHECK ((state = 'done') = (sha256 IS NOT NULL))
);
CREATE INDEX export_due ON usage.export (create_time) WHERE state IN ('waiting', 'running');
CREATE INDEX export_tenant ON usage.export (tenant_id);

-- A file in parts of one size, the last perhaps smaller.
CREATE TABLE usage.export_part (
    export_id uuid   NOT NULL REFERENCES usage.export (id) ON DELETE CASCADE,
    number    bigint NOT NULL CHECK (number >= 0),
    tenant_id uuid,
    data      bytea  NOT NULL,
    PRIMARY KEY (export_id, number)
);

SELECT cp.protect('usage.export');
SELECT cp.protect('usage.export_part');
