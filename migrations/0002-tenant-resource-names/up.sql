-- A tenant may give itself one name for CRNs (tenant:database:collection).

ALTER TABLE cp.tenant ADD COLUMN resource_name text COLLATE "C"
    CHECK (octet_length(resource_name) BETWEEN 1 AND 512);
CREATE UNIQUE INDEX tenant_live_resource_name ON cp.tenant (resource_name)
    WHERE delete_time IS NULL;

-- Releases that don't know the new kind forget all that they cached when they read it.
ALTER TABLE cp.epoch_log
    DROP CONSTRAINT epoch_log_kind_check,
    ADD CONSTRAINT epoch_log_kind_check CHECK (kind IN (
        'tenant_created', 'tenant_changed', 'tenant_deleted', 'database_created',
        'database_deleted', 'token_changed', 'reset'));
