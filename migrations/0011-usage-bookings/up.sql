-- Rows of usage.hour are only ever added: what becomes known of an hour after it was booked is a
-- booking of its own, so that what was exported once never changes.

ALTER TABLE usage.progress
    -- Bookings that came late; an hour's first is 0.
    ADD COLUMN last_booking bigint NOT NULL DEFAULT 0;

ALTER TABLE usage.hour
    ADD COLUMN booking bigint NOT NULL DEFAULT 0 CHECK (booking >= 0),
    DROP CONSTRAINT hour_pkey,
    ADD PRIMARY KEY (period, tenant_id, hour, database_id, collection_id, credential, meter,
                     is_correction, booking),
    DROP CONSTRAINT hour_check,
    -- What comes late may be less, of stored bytes.
    ADD CONSTRAINT hour_check CHECK (is_correction OR booking > 0 OR quantity >= 0);

CREATE TRIGGER hour_is_added BEFORE UPDATE OR DELETE ON usage.hour
    FOR EACH STATEMENT EXECUTE FUNCTION usage.refuse_change();

-- Books an hour: for the first time, or again when cells came late; then the difference is booked.
-- Returns whether the size of a collection at its end changed.
CREATE OR REPLACE FUNCTION usage.fold_hour(folded timestamptz) RETURNS boolean
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

CREATE OR REPLACE VIEW usage.total AS
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
