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
    -- A used-up budget refuses the tenant's requests until then.
    stop_time   timestamptz,
    -- Shown to the tenant.
    stop_reason text        CHECK (octet_length(stop_reason) <= 512),
    CONSTRAINT tenant_suspension CHECK ((suspend_time IS NULL) = (suspend_reason IS NULL)),
    CONSTRAINT tenant_purge CHECK (purge_time IS NULL OR delete_time IS NOT NULL),
    CONSTRAINT tenant_purge_claim CHECK (purge_claim_time IS NULL OR purge_time IS NOT NULL),
    CONSTRAINT tenant_stop CHECK ((stop_time IS NULL) = (stop_reason IS NULL))
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
                              'issuer_changed', 'quota_changed', 'prices_changed', 'reset')),
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

-- What tenants used: cells of a minute as they are reported, hours, and billing periods.
--
-- Nothing here refers to a tenant's row: usage stays for billing when the tenant is purged.

CREATE SCHEMA usage;

-- Cumulative quantities of one minute, as one process (source, boot) counted them. The largest
-- ever reported holds, so that a report may come twice and in any order. What was used is the sum
-- over source and boot. Partitions are made by usage.ensure_day.
CREATE TABLE usage.cell (
    day           date        NOT NULL,
    tenant_id     uuid        NOT NULL,
    -- All zeros: not of one database, or not of one collection.
    database_id   uuid        NOT NULL,
    collection_id uuid        NOT NULL,
    -- The token's key id or the issuer and the digest of the subject; empty: the server itself.
    credential    text        COLLATE "C" NOT NULL CHECK (octet_length(credential) <= 512),
    meter         text        COLLATE "C" NOT NULL CHECK (meter ~ '^[a-z][a-z_]{0,63}$'),
    minute        timestamptz NOT NULL,
    source        text        COLLATE "C" NOT NULL CHECK (octet_length(source) BETWEEN 1 AND 128),
    boot          text        COLLATE "C" NOT NULL CHECK (octet_length(boot) BETWEEN 1 AND 128),
    quantity      numeric(38) NOT NULL CHECK (quantity >= 0),
    PRIMARY KEY (day, tenant_id, database_id, collection_id, credential, meter, minute, source,
                 boot),
    CHECK (day = (minute AT TIME ZONE 'UTC')::date)
) PARTITION BY RANGE (day);

-- Cells of days whose partition is gone: seen, not billed. They came more than a week after the
-- seal, and whether they were counted before can't be told any more.
CREATE TABLE usage.unplaced (
    LIKE usage.cell INCLUDING CONSTRAINTS,
    PRIMARY KEY (day, tenant_id, database_id, collection_id, credential, meter, minute, source,
                 boot)
);

-- How far the reports of one process came. The chain's hash proves that none is missing.
CREATE TABLE usage.cursor (
    source      text        COLLATE "C" NOT NULL CHECK (octet_length(source) BETWEEN 1 AND 128),
    boot        text        COLLATE "C" NOT NULL CHECK (octet_length(boot) BETWEEN 1 AND 128),
    next_seq    bigint      NOT NULL CHECK (next_seq >= 0),
    chain_hash  bytea       NOT NULL CHECK (octet_length(chain_hash) = 32),
    -- All that it counted before is reported.
    watermark   timestamptz NOT NULL,
    -- Nothing more will come: the process ended, and what it left was read from its disk.
    is_closed   boolean     NOT NULL DEFAULT false,
    update_time timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (source, boot)
);
CREATE INDEX cursor_open ON usage.cursor (watermark) WHERE NOT is_closed;

-- Billing periods: months in UTC. A sealed one never changes; what comes later is booked into the
-- next as a correction.
CREATE TABLE usage.period (
    period    date        PRIMARY KEY CHECK (extract(day FROM period) = 1),
    state     text        NOT NULL DEFAULT 'OPEN' CHECK (state IN ('OPEN', 'CLOSING', 'SEALED')),
    seal_time timestamptz,
    -- Sources that had not reported all when the period was sealed.
    incomplete_sources text[] NOT NULL DEFAULT '{}',
    CHECK ((state = 'SEALED') = (seal_time IS NOT NULL))
);

-- What was used in an hour, in the period it is billed in.
CREATE TABLE usage.hour (
    period        date        NOT NULL REFERENCES usage.period (period),
    hour          timestamptz NOT NULL,
    tenant_id     uuid        NOT NULL,
    database_id   uuid        NOT NULL,
    collection_id uuid        NOT NULL,
    credential    text        COLLATE "C" NOT NULL,
    meter         text        COLLATE "C" NOT NULL,
    -- Of an hour whose own period was sealed before; it may be negative for stored bytes.
    is_correction boolean     NOT NULL DEFAULT false,
    quantity      numeric(38) NOT NULL,
    -- 0, or which later booking it is: what became known of the hour after it was booked.
    booking       bigint      NOT NULL DEFAULT 0 CHECK (booking >= 0),
    PRIMARY KEY (period, tenant_id, hour, database_id, collection_id, credential, meter,
                 is_correction, booking),
    CONSTRAINT hour_check CHECK (is_correction OR booking > 0 OR quantity >= 0),
    CHECK (date_trunc('hour', hour, 'UTC') = hour)
);
CREATE INDEX hour_hour ON usage.hour (hour);

CREATE FUNCTION usage.refuse_sealed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    is_sealed boolean;
BEGIN
    -- The lock keeps a seal from coming between this look and the commit.
    SELECT bool_or(state = 'SEALED') INTO is_sealed FROM (
        SELECT p.state FROM usage.period p
        WHERE p.period = CASE WHEN TG_OP = 'DELETE' THEN OLD.period ELSE NEW.period END
            OR (TG_OP = 'UPDATE' AND p.period = OLD.period)
        FOR SHARE) s;
    IF is_sealed THEN
        RAISE EXCEPTION 'a sealed period never changes' USING ERRCODE = '23514';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END
$$;
CREATE TRIGGER hour_is_final BEFORE INSERT OR UPDATE OR DELETE ON usage.hour
    FOR EACH ROW EXECUTE FUNCTION usage.refuse_sealed();
CREATE FUNCTION usage.refuse_unseal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a sealed period never changes' USING ERRCODE = '23514';
END
$$;
CREATE TRIGGER period_is_final BEFORE UPDATE OR DELETE ON usage.period
    FOR EACH ROW WHEN (OLD.state = 'SEALED') EXECUTE FUNCTION usage.refuse_unseal();
CREATE TRIGGER period_is_kept BEFORE TRUNCATE ON usage.period
    FOR EACH STATEMENT EXECUTE FUNCTION usage.refuse_unseal();
CREATE TRIGGER hour_is_kept BEFORE TRUNCATE ON usage.hour
    FOR EACH STATEMENT EXECUTE FUNCTION usage.refuse_unseal();

-- Folded hours that got cells afterwards.
CREATE TABLE usage.late_hour (
    hour timestamptz PRIMARY KEY CHECK (date_trunc('hour', hour, 'UTC') = hour)
);

-- One row: hours before `folded_before` are in usage.hour; days before `dropped_before` have no
-- cells any more.
CREATE TABLE usage.progress (
    is_progress    boolean     PRIMARY KEY DEFAULT true CHECK (is_progress),
    folded_before  timestamptz CHECK (date_trunc('hour', folded_before, 'UTC') = folded_before),
    dropped_before date        NOT NULL DEFAULT '-infinity',
    -- Bookings that came late; an hour's first is 0.
    last_booking   bigint      NOT NULL DEFAULT 0
);
INSERT INTO usage.progress DEFAULT VALUES;

-- The names of tenants as they were last known, for reports about those that are purged.
CREATE TABLE usage.tenant_name (
    tenant_id uuid PRIMARY KEY,
    name      text COLLATE "C" NOT NULL
);

-- Makes a day's partition. Call it outside the transaction that fills it.
CREATE FUNCTION usage.ensure_day(day date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    partition text := 'cell_' || to_char(day, 'YYYYMMDD');
BEGIN
    IF to_regclass('usage.' || partition) IS NULL THEN
        PERFORM pg_advisory_xact_lock(hashtextextended('usage.ensure_day', 0));
        EXECUTE format(
            'CREATE TABLE IF NOT EXISTS usage.%I PARTITION OF usage.cell'
            ' FOR VALUES FROM (%L) TO (%L)', partition, day, day + 1);
    END IF;
END
$$;

-- The period that an hour's usage is booked into: its own month, or the first after it that is
-- not sealed.
CREATE FUNCTION usage.booking_period(hour timestamptz) RETURNS date LANGUAGE plpgsql AS $$
DECLARE
    month date := date_trunc('month', hour AT TIME ZONE 'UTC')::date;
BEGIN
    LOOP
        INSERT INTO usage.period (period) VALUES (month) ON CONFLICT DO NOTHING;
        EXIT WHEN (SELECT state <> 'SEALED' FROM usage.period WHERE period = month FOR SHARE);
        month := (month + interval '1 month')::date;
    END LOOP;
    RETURN month;
END
$$;

-- What was used in an hour in all, made from its cells and from what was stored when it began.
-- The row of meter stored_bytes is the size at its end, from which the next hour goes on.
CREATE FUNCTION usage.hour_of_cells(hour timestamptz)
RETURNS TABLE (tenant_id uuid, database_id uuid, collection_id uuid, credential text, meter text,
               quantity numeric)
LANGUAGE sql AS $$
    WITH cells AS (
        SELECT * FROM usage.cell c
        WHERE c.day = ($1 AT TIME ZONE 'UTC')::date
            AND c.minute >= $1 AND c.minute < $1 + interval '1 hour'
    ), sizes AS (
        SELECT c.tenant_id, c.database_id, c.collection_id, c.minute, max(c.quantity) AS bytes
        FROM cells c WHERE c.meter = 'stored_bytes' GROUP BY 1, 2, 3, 4
        UNION ALL
        -- Before the hour's first minute, so that a sample in that minute replaces it.
        SELECT h.tenant_id, h.database_id, h.collection_id, $1 - interval '1 minute',
            sum(h.quantity)
        FROM usage.hour h
        WHERE h.hour = $1 - interval '1 hour' AND h.meter = 'stored_bytes'
        GROUP BY 1, 2, 3
    ), spans AS (
        SELECT s.tenant_id, s.database_id, s.collection_id, s.bytes,
            greatest(s.minute, $1) AS span_start,
            lead(s.minute) OVER places AS next_sample
        FROM sizes s
        WINDOW places AS (
            PARTITION BY s.tenant_id, s.database_id, s.collection_id ORDER BY s.minute)
    )
    SELECT c.tenant_id, c.database_id, c.collection_id, c.credential, c.meter, sum(c.quantity)
    FROM cells c WHERE c.meter <> 'stored_bytes' GROUP BY 1, 2, 3, 4, 5
    UNION ALL
    SELECT s.tenant_id, s.database_id, s.collection_id, '', 'stored_byte_minutes',
        sum(s.bytes * (extract(epoch FROM
            coalesce(s.next_sample, $1 + interval '1 hour') - s.span_start)::bigint / 60))
    FROM spans s GROUP BY 1, 2, 3
    UNION ALL
    SELECT s.tenant_id, s.database_id, s.collection_id, '', 'stored_bytes', s.bytes
    FROM spans s WHERE s.next_sample IS NULL
$$;

-- Books an hour: for the first time, or again when cells came late; then the difference is booked.
-- Returns whether the size of a collection at its end changed.
CREATE FUNCTION usage.fold_hour(folded timestamptz) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    target date := usage.booking_period(folded);
    late bigint;
    before numeric;
    after numeric;
BEGIN
    UPDATE usage.progress SET last_booking = last_booking + 1 WHERE folded_before > folded
        RETURNING last_booking INTO late;
    SELECT sum(quantity * hashtext(collection_id::text)) INTO before FROM usage.hour
        WHERE hour = folded AND meter = 'stored_bytes';
    INSERT INTO usage.hour (period, hour, tenant_id, database_id, collection_id, credential,
                            meter, is_correction, booking, quantity)
        SELECT target, folded, tenant_id, database_id, collection_id, credential, meter,
            target <> date_trunc('month', folded AT TIME ZONE 'UTC')::date, coalesce(late, 0),
            sum(quantity)
        FROM (
            SELECT * FROM usage.hour_of_cells(folded)
            UNION ALL
            SELECT h.tenant_id, h.database_id, h.collection_id, h.credential, h.meter, -h.quantity
            FROM usage.hour h WHERE h.hour = folded
        ) AS owed
        GROUP BY tenant_id, database_id, collection_id, credential, meter
        HAVING sum(quantity) <> 0;
    DELETE FROM usage.late_hour WHERE hour = folded;
    SELECT sum(quantity * hashtext(collection_id::text)) INTO after FROM usage.hour
        WHERE hour = folded AND meter = 'stored_bytes';
    RETURN before IS DISTINCT FROM after;
END
$$;

-- What was used, up to the last report: folded hours, and of later ones the cells. What is stored
-- is in folded hours alone, as byte-minutes.
CREATE VIEW usage.total AS
    SELECT period, hour, tenant_id, database_id, collection_id, credential, meter, is_correction,
        quantity, booking
    FROM usage.hour WHERE meter <> 'stored_bytes'
    UNION ALL
    SELECT date_trunc('month', c.day)::date, date_trunc('hour', c.minute, 'UTC'), c.tenant_id,
        c.database_id, c.collection_id, c.credential, c.meter, false, sum(c.quantity), 0::bigint
    FROM usage.cell c, usage.progress p
    WHERE c.meter <> 'stored_bytes'
        AND (p.folded_before IS NULL OR c.minute >= p.folded_before)
    GROUP BY 1, 2, 3, 4, 5, 6, 7;

-- What usage is billed with: price books, receipts, budgets and the alerts they send.
CREATE FUNCTION usage.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are only ever added', TG_TABLE_NAME USING ERRCODE = '23514';
END
$$;
-- What becomes known of an hour later is a booking of its own.
CREATE TRIGGER hour_is_added BEFORE UPDATE OR DELETE ON usage.hour
    FOR EACH STATEMENT EXECUTE FUNCTION usage.refuse_change();

-- Prices that were in force together. Other prices are another version.
CREATE TABLE usage.price_book (
    version     text        COLLATE "C" PRIMARY KEY CHECK (version ~ '^[a-z0-9][a-z0-9.-]{0,62}$'),
    -- The order in which they were made; the newest is in force.
    number      bigint      NOT NULL UNIQUE CHECK (number > 0),
    -- Canonical JSON.
    document    bytea       NOT NULL,
    sha256      bytea       NOT NULL CHECK (sha256 = sha256(document)),
    created_by  text        COLLATE "C" NOT NULL,
    create_time timestamptz NOT NULL
);
CREATE TRIGGER price_book_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON usage.price_book
    FOR EACH STATEMENT EXECUTE FUNCTION usage.refuse_change();

-- Receipts of sealed periods. Their cells are the rows of usage.hour, which don't change either.
CREATE TABLE usage.receipt (
    tenant_id  uuid        NOT NULL,
    period     date        NOT NULL REFERENCES usage.period (period),
    -- The whole receipt as JSON: statement, signature, prices and cells.
    document   bytea       NOT NULL,
    issue_time timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, period)
);
CREATE TRIGGER receipt_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON usage.receipt
    FOR EACH STATEMENT EXECUTE FUNCTION usage.refuse_change();

-- What a tenant means to use in a month at most.
CREATE TABLE usage.budget (
    tenant_id   uuid        NOT NULL REFERENCES cp.tenant (id) ON DELETE CASCADE,
    name        text        COLLATE "C" NOT NULL CHECK (name ~ '^[a-z][a-z0-9-]{0,62}$'),
    -- A budget made again under an old name has another.
    id          uuid        NOT NULL UNIQUE,
    -- Null: money, in millionths of a millionth of the price book's currency.
    meter       text        COLLATE "C" CHECK (meter ~ '^[a-z][a-z_]{0,63}$'),
    amount      numeric(38) NOT NULL CHECK (amount > 0),
    -- Percent, each fired once in a period.
    thresholds  text[]      NOT NULL,
    -- Where alerts go; null: nowhere, they are only kept.
    webhook_url text        COLLATE "C",
    -- Whether requests are refused when it is used up.
    is_hard     boolean     NOT NULL,
    created_by  text        COLLATE "C" NOT NULL,
    create_time timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, name)
);

-- Thresholds that were passed, and what became of telling it: the outbox of the webhooks.
CREATE TABLE usage.alert (
    id           uuid        PRIMARY KEY,
    budget_id    uuid        NOT NULL REFERENCES usage.budget (id) ON DELETE CASCADE,
    period       date        NOT NULL,
    threshold    bigint      NOT NULL CHECK (threshold > 0),
    used         numeric(38) NOT NULL,
    fire_time    timestamptz NOT NULL,
    -- kept: there is no webhook. dead: given up.
    state        text        NOT NULL CHECK (state IN ('pending', 'delivered', 'dead', 'kept')),
    attempts     bigint      NOT NULL DEFAULT 0,
    -- When it is due; whoever takes it puts this off, so that one that dies is replaced.
    attempt_time timestamptz NOT NULL,
    -- What went wrong the last time; empty when nothing has.
    problem      text        NOT NULL DEFAULT '',
    UNIQUE (budget_id, period, threshold)
);
CREATE INDEX alert_due ON usage.alert (attempt_time) WHERE state = 'pending';

-- Rows of tenants are seen by sessions that say whose they are after, and by nobody else: not even
-- by the owner of the tables. A superuser sees them all the same, so the server refuses to be one.
--
--   app.operator = 'on'   every tenant's: what the control plane's own sessions say
--   app.tenant = '…'      one tenant's: what it says while it works for that tenant's admin

CREATE FUNCTION cp.is_operator() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(current_setting('app.operator', true), '') = 'on'
$$;

CREATE FUNCTION cp.own_tenant() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT nullif(current_setting('app.tenant', true), '')::uuid
$$;

-- Puts a table's rows behind the two settings; every table with a tenant_id needs it. The settings
-- are read once a statement, not once a row.
CREATE FUNCTION cp.protect(protected regclass, tenant_column name DEFAULT 'tenant_id') RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', protected);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', protected);
    EXECUTE format(
        'CREATE POLICY own_tenant ON %s USING'
        ' ((SELECT cp.is_operator()) OR %I = (SELECT cp.own_tenant()))',
        protected, tenant_column);
END
$$;

SELECT cp.protect('cp.tenant', 'id');
SELECT cp.protect('cp.database');
SELECT cp.protect('acl.principal');
SELECT cp.protect('acl.token');
SELECT cp.protect('acl.token_database');
SELECT cp.protect('quota.override');
SELECT cp.protect('usage.cell');
SELECT cp.protect('usage.unplaced');
SELECT cp.protect('usage.hour');
SELECT cp.protect('usage.tenant_name');
SELECT cp.protect('usage.receipt');
SELECT cp.protect('usage.budget');

-- The log of changes is one for all tenants, and its next number is read of it.
ALTER TABLE cp.epoch_log ENABLE ROW LEVEL SECURITY;
ALTER TABLE cp.epoch_log FORCE ROW LEVEL SECURITY;
CREATE POLICY everyone ON cp.epoch_log USING (true);

-- The days of usage.cell come and go while the server runs, whose own role owns no table: these
-- two run as the owner.
ALTER FUNCTION usage.ensure_day(date) SECURITY DEFINER SET search_path = pg_catalog, pg_temp;

CREATE FUNCTION usage.drop_day(partition text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF partition !~ '^cell_[0-9]{8}$' THEN
        RAISE EXCEPTION '% is no day of usage', partition;
    END IF;
    EXECUTE format('DROP TABLE usage.%I', partition);
END
$$;
REVOKE EXECUTE ON FUNCTION usage.ensure_day(date), usage.drop_day(text) FROM PUBLIC;

-- The processes with the role control that share the database, so that what is taken away is taken
-- away at all of them, and what all share is divided among all.

CREATE TABLE cp.node (
    -- Of the process's data directory.
    id            text        COLLATE "C" PRIMARY KEY CHECK (octet_length(id) BETWEEN 1 AND 128),
    -- As people call it.
    name          text        NOT NULL CHECK (octet_length(name) BETWEEN 1 AND 128),
    -- Another one for every start.
    boot_id       uuid        NOT NULL,
    -- Whether the tenants' data is there; one at most has it.
    has_engine    boolean     NOT NULL,
    -- Of the keys that all share.
    keys_digest   bytea       NOT NULL CHECK (octet_length(keys_digest) = 32),
    -- Raised with each word of the process.
    beats         bigint      NOT NULL DEFAULT 0,
    -- Up to which change it, and all that hang on it, have followed the epoch log.
    applied_epoch bigint      NOT NULL DEFAULT 0 CHECK (applied_epoch >= 0),
    -- How many frontends it has: its own and those that hang on it.
    frontends     bigint      NOT NULL DEFAULT 0 CHECK (frontends >= 0),
    -- Until when it believes what it knows, by the database's clock: for people, and to know rows
    -- that are long forgotten.
    lease_until   timestamptz NOT NULL
);

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
