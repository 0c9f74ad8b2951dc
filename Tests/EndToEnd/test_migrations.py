"""Migrations and the roles of PostgreSQL, by the real binary on a database of its own."""

import concurrent.futures
import json
import pathlib
import shutil
import subprocess
import uuid

import pytest

from conftest import finish, new_server
from server import call
from tenancy import make_tenant

MIGRATIONS = pathlib.Path(__file__).resolve().parents[2] / "migrations"
COUNT = len(list(MIGRATIONS.glob("*/up.sql")))


class Lender:
    """The PostgreSQL of a server, with databases for others."""

    def __init__(self, server):
        self.sockets = (server.data / "postgres.socketdir").read_text().strip()

    def psql(self, script, database="tessera", user="tessera"):
        done = subprocess.run(
            ["psql", "-X", "-h", self.sockets, "-U", user, "-d", database, "-tA", "-c", script],
            capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def role(self, options=""):
        name = f"role_{uuid.uuid4().hex[:12]}"
        self.psql(f"CREATE ROLE {name} LOGIN {options}")
        return name

    def database(self, owner):
        name = f"lent_{uuid.uuid4().hex[:12]}"
        self.psql(f"CREATE DATABASE {name} OWNER {owner}")
        return name

    def url(self, database, user):
        return f"postgresql:///{database}?host={self.sockets}&user={user}"


@pytest.fixture(scope="module")
def lender(request):
    server = new_server(request)
    try:
        yield Lender(server.start())
    finally:
        finish(request, server)


@pytest.fixture
def empty(lender, own_server):
    """A server that isn't started, with an empty database of an ordinary owner."""
    owner = lender.role()
    database = lender.database(owner)
    return own_server(DATABASE_URL=lender.url(database, owner)), database, owner


def migrate(server, verb, directory=None, check=True):
    done = subprocess.run(
        [server.binary, "migrate", verb, "--data-dir", str(server.data)],
        env={**server.environment(),
             **({"TESSERA_DATABASE_MIGRATIONS_DIRECTORY": str(directory)} if directory else {})},
        capture_output=True, text=True, timeout=120)
    assert not check or done.returncode == 0, done.stderr
    return done


def test_an_empty_database_is_brought_up_to_date_once(empty):
    server, _, _ = empty
    assert migrate(server, "verify", check=False).returncode != 0
    assert migrate(server, "up").stdout.count("applied ") == COUNT
    assert "nothing is pending" in migrate(server, "up").stdout
    migrate(server, "verify")
    server.start()
    make_tenant(server).cloud_client().create_collection("things", embedding_function=None)


def test_three_processes_at_once_apply_each_once(empty, lender, own_server):
    server, database, _ = empty
    three = [server, *(own_server(**server.settings) for _ in range(2))]
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        outputs = [each.stdout for each in pool.map(lambda each: migrate(each, "up"), three)]
    assert sum(text.count("applied ") for text in outputs) == COUNT, outputs
    assert lender.psql("SELECT count(*) FROM mig.applied", database) == str(COUNT)
    migrate(server, "verify")


@pytest.mark.parametrize("tamper", ["changed", "missing", "newer"])
def test_a_file_that_is_not_as_it_was_applied_is_refused(empty, tmp_path, tamper):
    server, _, _ = empty
    migrate(server, "up")
    directory = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, directory)
    last = sorted(directory.glob("*/up.sql"))[-1]
    if tamper == "changed":
        last.write_text(last.read_text() + "\n-- one byte more\n")
    else:
        shutil.rmtree((sorted(directory.glob("*/up.sql"))[0] if tamper == "missing" else
                       last).parent)
    for verb in ("up", "status", "verify"):
        refused = migrate(server, verb, directory, check=False)
        assert refused.returncode != 0 and refused.stderr, verb
    server.settings["DATABASE_MIGRATIONS_DIRECTORY"] = str(directory)
    done = subprocess.run(server.command(), env=server.environment(), capture_output=True,
                          text=True, timeout=120)
    assert done.returncode != 0 and "igration" in done.stderr
    migrate(server, "verify", MIGRATIONS)


def test_a_schema_changed_by_hand_is_noticed(empty, lender):
    server, database, owner = empty
    migrate(server, "up")
    lender.psql("ALTER TABLE cp.tenant NO FORCE ROW LEVEL SECURITY", database, owner)
    refused = migrate(server, "verify", check=False)
    assert refused.returncode != 0 and "by hand" in refused.stderr


@pytest.mark.parametrize("options", ["SUPERUSER", "BYPASSRLS"])
def test_a_role_without_bounds_is_refused_unless_it_is_accepted(lender, own_server, options):
    role = lender.role(options)
    server = own_server(DATABASE_URL=lender.url(lender.database(role), role))
    done = subprocess.run(server.command(), env=server.environment(), capture_output=True,
                          text=True, timeout=120)
    assert done.returncode != 0
    assert role in done.stderr and "database.allow_superuser" in done.stderr
    server.settings["DATABASE_ALLOW_SUPERUSER"] = "true"
    server.start()
    text = server.log.read_text().splitlines()
    lines = [json.loads(line) for line in text if line.startswith("{")]
    assert any(line["level"] == "warning" and role in str(line) for line in lines)


def test_who_serves_is_not_who_owns(lender, own_server):
    owner, role = lender.role(), lender.role()
    database = lender.database(owner)
    server = own_server(
        DATABASE_URL=lender.url(database, role), DATABASE_OWNER_URL=lender.url(database, owner))
    server.start()
    tenant = make_tenant(server)
    tenant.cloud_client().create_collection("things", embedding_function=None)
    # Neither the one nor the other sees a tenant without saying whose rows it is after.
    for user in (owner, role):
        assert lender.psql("SELECT count(*) FROM cp.tenant", database, user) == "0"
        assert lender.psql("SELECT count(*) FROM acl.token", database, user) == "0"
    assert lender.psql(
        f"SET app.tenant = '{tenant_id(lender, database, tenant)}';"
        " SELECT name FROM cp.tenant", database, role).splitlines()[-1] == tenant.name
    using = lender.psql(
        f"SELECT DISTINCT usename FROM pg_stat_activity WHERE datname = '{database}'"
        " AND application_name = 'tessera'")
    assert using == role
    server.restart()
    assert tenant.cloud_client().count_collections() == 1


def tenant_id(lender, database, tenant):
    return lender.psql(f"SELECT id FROM cp.tenant WHERE name = '{tenant.name}'", database)


def test_the_private_postgresql_is_served_by_a_role_that_owns_nothing(own_server):
    server = own_server().start()
    tenant = make_tenant(server)
    private = Lender(server)
    using = private.psql(
        "SELECT DISTINCT usename FROM pg_stat_activity WHERE application_name = 'tessera'")
    assert using == "tessera_app"
    assert private.psql("SELECT count(*) FROM cp.tenant", user="tessera_app") == "0"
    assert call("GET", server.url + f"/api/v2/tenants/{tenant.name}", token=tenant.token)[0] == 200


def test_every_table_with_a_tenants_id_is_behind_a_policy(empty, lender):
    """A new one needs `SELECT cp.protect('schema.table')` in the migration that makes it."""
    server, database, _ = empty
    migrate(server, "up")
    assert lender.psql("""
        SELECT c.oid::regclass FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
            AND n.nspname NOT IN ('pg_catalog', 'information_schema')
            AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid
                        AND a.attname = 'tenant_id' AND NOT a.attisdropped)
            AND NOT (c.relrowsecurity AND c.relforcerowsecurity
                     AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid))
        """, database) == ""
