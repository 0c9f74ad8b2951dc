-- The whole schema: what running every migration from nothing leaves behind, for readers.
-- A test proves the two equal; nothing executes this file but that test.
--
-- Tenants, their databases, and the tokens that open them.
-- Every child of a tenant has a composite key (tenant_id, id), so that no row can refer to
-- another tenant's. Names are compared and ordered by their bytes.

CREATE SCHEMA mig;
CREATE SCHEMA cp;
CREATE SCHEMA acl;
CREATE SCHEMA quota;

-- Which migrations ran. Written by the migration runner, in the migration's own transaction.
CREATE TABLE mig.applied (
    version     integer     PRIMARY KEY CHECK (version > 0),
    name        text        NOT NULL,
    sha256      bytea       NOT NULL CHECK (octet_length(sha256) = 32),
    -- Digest of the catalog's definition after this migration, to notice drift.
    fingerprint bytea       NOT NULL CHECK (octet_length(fingerprint) = 32),
    apply_time  timestamptz NOT NULL DEFAULT now()
);

-- The revision is the row's etag.
CREATE FUNCTION cp.bump_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.rev := OLD.rev + 1;
    RETURN NEW;
END
$$;

CREATE TABLE cp.tenant (
    id          uuid        PRIMARY KEY,
    name        text        COLLATE "C" NOT NULL
                            CHECK (char_length(name) >= 3 AND octet_length(name) <= 512),
    rev         bigint      NOT NULL DEFAULT 1,
    create_time timestamptz NOT NULL,
    delete_time timestamptz CHECK (delete_time >= create_time),
    -- The first part of its CRNs; set once.
    resource_name text      COLLATE "C"
                            CHECK (octet_length(resource_name) BETWEEN 1 AND 512),
    -- What it may use. The limits of a plan are the release's.
    plan        text        COLLATE "C" NOT NULL DEFAULT 'self-hosted'
                            CHECK (octet_length(plan) BETWEEN 1 AND 64),
    display_name text       NOT NULL DEFAULT '' CHECK (octet_length(display_name) <= 512),
    -- Text to text; the server bounds it.
    labels      jsonb       NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(labels) = 'object'),
    suspend_time timestamptz,
    -- Shown to the tenant.
    suspend_reason text     CHECK (octet_length(suspend_reason) <= 512),
    -- When a deleted tenant is purged.
    purge_time  timestamptz,
    -- When somebody last began to purge it; from the first time on it can't be undeleted.
    purge_claim_time timestamptz,
    CONSTRAINT tenant_suspension CHECK ((suspend_time IS NULL) = (suspend_reason IS NULL)),
    CONSTRAINT tenant_purge CHECK (purge_time IS NULL OR delete_time IS NOT NULL),
    CONSTRAINT tenant_purge_claim CHECK (purge_claim_time IS NULL OR purge_time IS NOT NULL)
);
CREATE UNIQUE INDEX tenant_live_name ON cp.tenant (name) WHERE delete_time IS NULL;
CREATE UNIQUE INDEX tenant_live_resource_name ON cp.tenant (resource_name)
    WHERE delete_time IS NULL;
CREATE INDEX tenant_purge_time ON cp.tenant (purge_time) WHERE purge_time IS NOT NULL;
CREATE INDEX tenant_deleted_name ON cp.tenant (name) WHERE delete_time IS NOT NULL;
CREATE INDEX tenant_labels ON cp.tenant USING gin (labels jsonb_path_ops);
CREATE TRIGGER tenant_revision BEFORE UPDATE ON cp.tenant
    FOR EACH ROW EXECUTE FUNCTION cp.bump_revision();

CREATE TABLE cp.database (
    tenant_id   uuid        NOT NULL REFERENCES cp.tenant (id) ON DELETE CASCADE,
    id          uuid        NOT NULL,
    name        text        COLLATE "C" NOT NULL
                            CHECK (char_length(name) >= 3 AND octet_length(name) <= 512),
    rev         bigint      NOT NULL DEFAULT 1,
    create_time timestamptz NOT NULL,
    delete_time timestamptz CHECK (delete_time >= create_time),
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX database_live_name ON cp.database (tenant_id, name)
    WHERE delete_time IS NULL;
CREATE TRIGGER database_revision BEFORE UPDATE ON cp.database
    FOR EACH ROW EXECUTE FUNCTION cp.bump_revision();

-- What changed, in the order in which it was committed; caches follow it.
CREATE TABLE cp.epoch_log (
    epoch     bigint      PRIMARY KEY CHECK (epoch > 0),
    kind      text        NOT NULL CHECK (kind IN (
                              'tenant_created', 'tenant_changed', 'tenant_deleted',
                              'database_created', 'database_deleted', 'token_changed',
                              'issuer_changed', 'quota_changed', 'reset')),
    tenant_id uuid,
    key       text        NOT NULL,
    at        timestamptz NOT NULL DEFAULT now()
);

-- Appends to the epoch log. Call it last in a transaction.
--
-- The lock is held until commit, so epochs are committed in their order: a reader that has
-- seen epoch n will never see a smaller one appear. A bare sequence does not give that.
CREATE FUNCTION cp.log_epoch(kind text, tenant_id uuid, key text) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    new_epoch bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('cp.epoch_log', 0));
    SELECT coalesce(max(epoch), 0) + 1 INTO new_epoch FROM cp.epoch_log;
    INSERT INTO cp.epoch_log (epoch, kind, tenant_id, key)
        VALUES (new_epoch, log_epoch.kind, log_epoch.tenant_id, log_epoch.key);
    -- A hint to read the log now; it may be lost, so readers poll as well.
    PERFORM pg_notify('tessera_epoch', new_epoch::text);
    RETURN new_epoch;
END
$$;

-- Who a credential stands for. Kind "tenant" belongs to one tenant, "operator" to none.
CREATE TABLE acl.principal (
    id          uuid        PRIMARY KEY,
    kind        text        NOT NULL CHECK (kind IN ('operator', 'tenant')),
    tenant_id   uuid        REFERENCES cp.tenant (id) ON DELETE CASCADE,
    rev         bigint      NOT NULL DEFAULT 1,
    create_time timestamptz NOT NULL,
    CHECK ((kind = 'operator') = (tenant_id IS NULL)),
    UNIQUE (id, kind),
    UNIQUE (tenant_id, id)
);
CREATE TRIGGER principal_revision BEFORE UPDATE ON acl.principal
    FOR EACH ROW EXECUTE FUNCTION cp.bump_revision();

-- Tokens. The secret is nowhere: mac = HMAC-SHA-256(pepper, kid || secret).
CREATE TABLE acl.token (
    kid            text        COLLATE "C" PRIMARY KEY CHECK (kid ~ '^[0-9A-Za-z]{11}$'),
    kind           text        NOT NULL CHECK (kind IN ('operator', 'tenant')),
    tenant_id      uuid        REFERENCES cp.tenant (id) ON DELETE CASCADE,
    principal_id   uuid        NOT NULL,
    role           text        NOT NULL
                               CHECK (role IN ('operator', 'admin', 'writer', 'reader',
                                               'custom')),
    mac            bytea       NOT NULL CHECK (octet_length(mac) = 32),
    pepper_version integer     NOT NULL CHECK (pepper_version > 0),
    display_name   text        NOT NULL CHECK (octet_length(display_name) <= 512),
    -- False: only the databases in acl.token_database, even when none of them is left.
    all_databases  boolean     NOT NULL,
    -- One of the tokens in bootstrap.json.
    bootstrap      boolean     NOT NULL,
    rev            bigint      NOT NULL DEFAULT 1,
    create_time    timestamptz NOT NULL,
    expire_time    timestamptz CHECK (expire_time > create_time),
    revoke_time    timestamptz CHECK (revoke_time >= create_time),
    -- All that a token of role custom may do.
    actions        text[]      CHECK (cardinality(actions) > 0),
    -- The collections it reaches, by a pattern with *; null means all.
    collections    text        COLLATE "C" CHECK (octet_length(collections) BETWEEN 1 AND 512),
    -- Where it may come from; empty means from anywhere.
    ip_allow       cidr[]      NOT NULL DEFAULT '{}' CHECK (cardinality(ip_allow) <= 40),
    -- The credential that made it; null when the server itself did.
    creator        text        COLLATE "C" CHECK (octet_length(creator) <= 512),
    -- What its rotation made, and until when it works beside it.
    replaced_by    text        COLLATE "C" REFERENCES acl.token (kid) ON DELETE SET NULL,
    grace_until    timestamptz CONSTRAINT token_grace_after_create
                               CHECK (grace_until >= create_time),
    -- Revoked by its tenant's deletion alone: an undeletion gives it back.
    revoked_with_tenant boolean NOT NULL DEFAULT false,
    CHECK ((kind = 'operator') = (tenant_id IS NULL)),
    CHECK ((kind = 'operator') = (role = 'operator')),
    CHECK (kind = 'tenant' OR all_databases),
    CONSTRAINT token_custom_has_actions CHECK ((role = 'custom') = (actions IS NOT NULL)),
    CONSTRAINT token_operator_has_no_collections CHECK (kind = 'tenant' OR collections IS NULL),
    CONSTRAINT token_replaced_has_grace CHECK (replaced_by IS NULL OR grace_until IS NOT NULL),
    UNIQUE (tenant_id, kid),
    CONSTRAINT token_replaced_by_own FOREIGN KEY (tenant_id, replaced_by)
        REFERENCES acl.token (tenant_id, kid) ON DELETE SET NULL (replaced_by),
    FOREIGN KEY (principal_id, kind) REFERENCES acl.principal (id, kind),
    FOREIGN KEY (tenant_id, principal_id) REFERENCES acl.principal (tenant_id, id)
);
CREATE INDEX token_principal ON acl.token (principal_id);
CREATE INDEX token_replaced_by ON acl.token (replaced_by) WHERE replaced_by IS NOT NULL;
CREATE TRIGGER token_revision BEFORE UPDATE ON acl.token
    FOR EACH ROW EXECUTE FUNCTION cp.bump_revision();

-- The databases a restricted token reaches, by id: a database made again under an old name
-- is another database.
CREATE TABLE acl.token_database (
    tenant_id   uuid NOT NULL,
    kid         text COLLATE "C" NOT NULL,
    database_id uuid NOT NULL,
    PRIMARY KEY (kid, database_id),
    FOREIGN KEY (tenant_id, kid) REFERENCES acl.token (tenant_id, kid) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, database_id) REFERENCES cp.database (tenant_id, id)
        ON DELETE CASCADE
);
CREATE INDEX token_database_database ON acl.token_database (tenant_id, database_id);

-- When a token was last let in. Beside acl.token, because it changes all the time and is no part
-- of the token's revision.
CREATE TABLE acl.token_use (
    kid           text        COLLATE "C" PRIMARY KEY
                              REFERENCES acl.token (kid) ON DELETE CASCADE,
    last_use_time timestamptz NOT NULL
);

-- Identity providers whose JSON Web Tokens are taken, and what their claims mean here. Their keys
-- are not here: public ones are read from the provider, secret ones from a file of the server.
CREATE TABLE acl.issuer (
    id                   text        COLLATE "C" PRIMARY KEY
                                     CHECK (id ~ '^[a-z][a-z0-9-]{0,62}$'),
    -- Tells it from an issuer that had its name before.
    uid                  uuid        NOT NULL UNIQUE,
    -- What its tokens say in `iss`.
    url                  text        COLLATE "C" NOT NULL UNIQUE
                                     CHECK (octet_length(url) BETWEEN 1 AND 512),
    audiences            text[]      NOT NULL CHECK (cardinality(audiences) > 0),
    algorithms           text[]      NOT NULL CHECK (cardinality(algorithms) > 0),
    key_source           text        NOT NULL CHECK (key_source IN ('discovery', 'url', 'file')),
    -- The URL or the name of the file.
    key_location         text        NOT NULL,
    -- Null: every token is for the one tenant in `tenants`. Else only for those, or, when there
    -- are none, for any.
    tenant_claim         text        COLLATE "C",
    tenants              text[]      NOT NULL,
    databases_claim      text        COLLATE "C",
    role_claim           text        COLLATE "C" NOT NULL,
    allow_operator       boolean     NOT NULL,
    clock_skew_seconds   integer     NOT NULL CHECK (clock_skew_seconds BETWEEN 0 AND 300),
    lifetime_seconds_max integer     NOT NULL CHECK (lifetime_seconds_max BETWEEN 60 AND 86400),
    -- Raised by every change of the issuer or its denials: tokens verified before are looked at
    -- again.
    rev                  bigint      NOT NULL DEFAULT 1,
    create_time          timestamptz NOT NULL,
    CHECK ((key_source = 'discovery') = (key_location = '')),
    CHECK (tenant_claim IS NOT NULL OR cardinality(tenants) = 1)
);
CREATE TRIGGER issuer_revision BEFORE UPDATE ON acl.issuer
    FOR EACH ROW EXECUTE FUNCTION cp.bump_revision();

-- The role that a value of the role claim stands for. What isn't here gives no role.
CREATE TABLE acl.issuer_role (
    issuer_id   text COLLATE "C" NOT NULL REFERENCES acl.issuer (id) ON DELETE CASCADE,
    claim_value text COLLATE "C" NOT NULL CHECK (octet_length(claim_value) BETWEEN 1 AND 512),
    role        text NOT NULL CHECK (role IN ('operator', 'admin', 'writer', 'reader')),
    PRIMARY KEY (issuer_id, claim_value)
);

-- Tokens that are refused although they are good: one by its id, a subject's, or everyone's.
CREATE TABLE acl.issuer_denial (
    issuer_id     text        COLLATE "C" NOT NULL REFERENCES acl.issuer (id) ON DELETE CASCADE,
    id            uuid        NOT NULL,
    kind          text        NOT NULL CHECK (kind IN ('token', 'subject', 'everyone')),
    -- The token's id or the subject.
    value         text        COLLATE "C" NOT NULL CHECK (octet_length(value) <= 512),
    -- Tokens issued before; null: whenever they were.
    issued_before timestamptz,
    create_time   timestamptz NOT NULL,
    -- When the token it is about has expired for certain.
    expire_time   timestamptz,
    PRIMARY KEY (issuer_id, id),
    UNIQUE (issuer_id, kind, value),
    CHECK ((kind = 'everyone') = (value = '')),
    CHECK ((kind = 'token') = (expire_time IS NOT NULL)),
    CHECK (kind <> 'token' OR issued_before IS NULL),
    CHECK (kind <> 'everyone' OR issued_before IS NOT NULL)
);

-- One limit in the place of a plan's; database_id is null where it is for the whole tenant.
CREATE TABLE quota.override (
    tenant_id   uuid        NOT NULL REFERENCES cp.tenant (id) ON DELETE CASCADE,
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
