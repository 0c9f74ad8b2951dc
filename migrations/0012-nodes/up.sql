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
