-- The life of a tenant: labels, suspension, deletion that can be undone, purge.

ALTER TABLE cp.tenant
    ADD COLUMN display_name text NOT NULL DEFAULT '' CHECK (octet_length(display_name) <= 512),
    -- Text to text; the server bounds it.
    ADD COLUMN labels jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(labels) = 'object'),
    ADD COLUMN suspend_time timestamptz,
    -- Shown to the tenant.
    ADD COLUMN suspend_reason text CHECK (octet_length(suspend_reason) <= 512),
    -- When a deleted tenant is purged.
    ADD COLUMN purge_time timestamptz,
    -- When somebody last began to purge it; from the first time on it can't be undeleted.
    ADD COLUMN purge_claim_time timestamptz,
    ADD CONSTRAINT tenant_suspension CHECK ((suspend_time IS NULL) = (suspend_reason IS NULL)),
    ADD CONSTRAINT tenant_purge CHECK (purge_time IS NULL OR delete_time IS NOT NULL),
    ADD CONSTRAINT tenant_purge_claim CHECK (purge_claim_time IS NULL OR purge_time IS NOT NULL);

-- Who was deleted before there was a purge gets the whole window from now on.
UPDATE cp.tenant SET purge_time = now() + interval '7 days' WHERE delete_time IS NOT NULL;

CREATE INDEX tenant_purge_time ON cp.tenant (purge_time) WHERE purge_time IS NOT NULL;
CREATE INDEX tenant_deleted_name ON cp.tenant (name) WHERE delete_time IS NOT NULL;
CREATE INDEX tenant_labels ON cp.tenant USING gin (labels jsonb_path_ops);

-- Revoked by its tenant's deletion alone: an undeletion gives it back.
ALTER TABLE acl.token ADD COLUMN revoked_with_tenant boolean NOT NULL DEFAULT false;

-- A purge removes the tenant's row and with it every row that hangs from it.
ALTER TABLE cp.database
    DROP CONSTRAINT database_tenant_id_fkey,
    ADD CONSTRAINT database_tenant_id_fkey FOREIGN KEY (tenant_id)
        REFERENCES cp.tenant (id) ON DELETE CASCADE;
ALTER TABLE acl.principal
    DROP CONSTRAINT principal_tenant_id_fkey,
    ADD CONSTRAINT principal_tenant_id_fkey FOREIGN KEY (tenant_id)
        REFERENCES cp.tenant (id) ON DELETE CASCADE;
ALTER TABLE acl.token
    DROP CONSTRAINT token_tenant_id_fkey,
    ADD CONSTRAINT token_tenant_id_fkey FOREIGN KEY (tenant_id)
        REFERENCES cp.tenant (id) ON DELETE CASCADE;
ALTER TABLE quota.override
    DROP CONSTRAINT override_tenant_id_fkey,
    ADD CONSTRAINT override_tenant_id_fkey FOREIGN KEY (tenant_id)
        REFERENCES cp.tenant (id) ON DELETE CASCADE;

-- Requests that made something, so that asking again makes nothing more. Kept for a day.
CREATE TABLE cp.idempotency (
    -- The caller's credential.
    actor       text        COLLATE "C" NOT NULL,
    request_id  uuid        NOT NULL,
    method      text        NOT NULL,
    body_sha256 bytea       NOT NULL CHECK (octet_length(body_sha256) = 32),
    -- The name of the tenant it is about; empty for none. A purge removes the tenant's.
    tenant      text        COLLATE "C" NOT NULL,
    -- The answer's message, without any secret; null until it is known.
    response    bytea,
    create_time timestamptz NOT NULL,
    PRIMARY KEY (actor, request_id)
);
CREATE INDEX idempotency_create_time ON cp.idempotency (create_time);
CREATE INDEX idempotency_tenant ON cp.idempotency (tenant);

-- What was done through the admin API, and what was refused. Rows are only ever added; each
-- holds the hash of the one before, so a change of any of them shows.
CREATE SCHEMA audit;

CREATE TABLE audit.event (
    number     bigint      PRIMARY KEY CHECK (number > 0),
    time       timestamptz NOT NULL,
    -- The caller's credential, by the name that may be shown; "server" for its own work.
    actor      text        COLLATE "C" NOT NULL,
    -- As gRPC names it: service/method.
    method     text        COLLATE "C" NOT NULL,
    -- For example "tenant.created".
    event      text        COLLATE "C" NOT NULL,
    -- The name of the tenant it is about; empty for none.
    tenant     text        COLLATE "C" NOT NULL,
    resource   text        COLLATE "C" NOT NULL,
    request_id uuid        NOT NULL,
    -- Where the caller came from; empty when that is not known.
    address    text        COLLATE "C" NOT NULL,
    -- "ok", or the code of the refusal.
    result     text        COLLATE "C" NOT NULL,
    prev_hash  bytea       NOT NULL CHECK (octet_length(prev_hash) = 32),
    -- SHA-256 of prev_hash and every field above.
    hash       bytea       NOT NULL CHECK (octet_length(hash) = 32)
);
CREATE INDEX event_tenant ON audit.event (tenant, number);

-- The newest event. Whoever adds one locks it, so that the chain has no forks; and the removal
-- of the newest events shows.
CREATE TABLE audit.head (
    is_head boolean PRIMARY KEY DEFAULT true CHECK (is_head),
    number  bigint  NOT NULL,
    hash    bytea   NOT NULL CHECK (octet_length(hash) = 32)
);
INSERT INTO audit.head (number, hash) VALUES (0, decode(repeat('00', 32), 'hex'));

CREATE FUNCTION audit.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit events are only ever added';
END
$$;
CREATE TRIGGER event_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON audit.event
    FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();
