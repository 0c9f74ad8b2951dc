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

-- Releases that don't know the new kind forget all that they cached when they read it.
ALTER TABLE cp.epoch_log
    DROP CONSTRAINT epoch_log_kind_check,
    ADD CONSTRAINT epoch_log_kind_check CHECK (kind IN (
        'tenant_created', 'tenant_changed', 'tenant_deleted', 'database_created',
        'database_deleted', 'token_changed', 'issuer_changed', 'reset'));
