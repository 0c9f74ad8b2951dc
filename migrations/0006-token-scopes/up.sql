-- Tokens that may do less than their role and come only from some addresses, tokens that take the
-- place of others, who made a token and when it was last used.

ALTER TABLE acl.token
    ADD COLUMN actions text[] CHECK (cardinality(actions) > 0),
    ADD COLUMN collections text COLLATE "C" CHECK (octet_length(collections) BETWEEN 1 AND 512),
    ADD COLUMN ip_allow cidr[] NOT NULL DEFAULT '{}' CHECK (cardinality(ip_allow) <= 40),
    ADD COLUMN creator text COLLATE "C" CHECK (octet_length(creator) <= 512),
    ADD COLUMN replaced_by text COLLATE "C" REFERENCES acl.token (kid) ON DELETE SET NULL,
    ADD COLUMN grace_until timestamptz
        CONSTRAINT token_grace_after_create CHECK (grace_until >= create_time),
    DROP CONSTRAINT token_role_check,
    ADD CONSTRAINT token_role_check
        CHECK (role IN ('operator', 'admin', 'writer', 'reader', 'custom')),
    ADD CONSTRAINT token_custom_has_actions CHECK ((role = 'custom') = (actions IS NOT NULL)),
    ADD CONSTRAINT token_operator_has_no_collections
        CHECK (kind = 'tenant' OR collections IS NULL),
    ADD CONSTRAINT token_replaced_has_grace
        CHECK (replaced_by IS NULL OR grace_until IS NOT NULL),
    ADD CONSTRAINT token_replaced_by_own
        FOREIGN KEY (tenant_id, replaced_by) REFERENCES acl.token (tenant_id, kid)
        ON DELETE SET NULL (replaced_by);

CREATE INDEX token_replaced_by ON acl.token (replaced_by) WHERE replaced_by IS NOT NULL;

-- When a token was last let in. Beside acl.token, because it changes all the time and is no part
-- of the token's revision.
CREATE TABLE acl.token_use (
    kid           text        COLLATE "C" PRIMARY KEY
                              REFERENCES acl.token (kid) ON DELETE CASCADE,
    last_use_time timestamptz NOT NULL
);
