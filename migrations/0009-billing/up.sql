-- What usage is billed with: price books, receipts, budgets and the alerts they send.

ALTER TABLE cp.epoch_log
    DROP CONSTRAINT epoch_log_kind_check,
    ADD CONSTRAINT epoch_log_kind_check CHECK (kind IN (
        'tenant_created', 'tenant_changed', 'tenant_deleted', 'database_created',
        'database_deleted', 'token_changed', 'issuer_changed', 'quota_changed', 'prices_changed',
        'reset'));

CREATE FUNCTION usage.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are only ever added', TG_TABLE_NAME USING ERRCODE = '23514';
END
$$;

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

-- A used-up budget refuses the tenant's requests until then.
ALTER TABLE cp.tenant
    ADD COLUMN stop_time timestamptz,
    -- Shown to the tenant.
    ADD COLUMN stop_reason text CHECK (octet_length(stop_reason) <= 512),
    ADD CONSTRAINT tenant_stop CHECK ((stop_time IS NULL) = (stop_reason IS NULL));
