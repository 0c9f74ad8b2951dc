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
    PRIMARY KEY (period, tenant_id, hour, database_id, collection_id, credential, meter,
                 is_correction),
    CHECK (is_correction OR quantity >= 0),
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
    dropped_before date        NOT NULL DEFAULT '-infinity'
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

-- Books an hour: for the first time, or again when cells came late. What sealed periods say of it
-- stays; the difference is booked. Returns whether the size of a collection at its end changed.
CREATE FUNCTION usage.fold_hour(folded timestamptz) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    target date := usage.booking_period(folded);
    before numeric;
    after numeric;
BEGIN
    SELECT sum(quantity * hashtext(collection_id::text)) INTO before FROM usage.hour
        WHERE hour = folded AND meter = 'stored_bytes';
    DELETE FROM usage.hour h USING usage.period p
        WHERE h.hour = folded AND p.period = h.period AND p.state <> 'SEALED';
    INSERT INTO usage.hour (period, hour, tenant_id, database_id, collection_id, credential,
                            meter, is_correction, quantity)
        SELECT target, folded, tenant_id, database_id, collection_id, credential, meter,
            target <> date_trunc('month', folded AT TIME ZONE 'UTC')::date, sum(quantity)
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
        quantity
    FROM usage.hour WHERE meter <> 'stored_bytes'
    UNION ALL
    SELECT date_trunc('month', c.day)::date, date_trunc('hour', c.minute, 'UTC'), c.tenant_id,
        c.database_id, c.collection_id, c.credential, c.meter, false, sum(c.quantity)
    FROM usage.cell c, usage.progress p
    WHERE c.meter <> 'stored_bytes'
        AND (p.folded_before IS NULL OR c.minute >= p.folded_before)
    GROUP BY 1, 2, 3, 4, 5, 6, 7;
