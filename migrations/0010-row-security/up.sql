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
