"""Two servers over one PostgreSQL: a whole one, and one without an engine that uses the other's."""

import concurrent.futures
import os
import shutil
import signal
import subprocess
import time

import pytest

from installation import RoleServer, free_port
from server import Server, call, temporary_directory, wait_until
from tenancy import expect, make_tenant, make_token
from test_rates import RATE, SECONDS, Hammer, collections_path, limit

ROUNDS = 50
KEYS = ("pepper", "receipt-key")


class Pair:
    """`first` has all roles, `second` control and frontend."""

    def __init__(self, binary, root, url):
        self.binary, self.root, self.url = binary, root, url
        subprocess.run(
            [binary, "certs", "init", "--out", str(root / "certs")], check=True,
            stdout=subprocess.DEVNULL)
        self.engine_port = free_port()
        self.first = self.server("first", "control,frontend,engine", EDGE_PORT=self.engine_port)
        self.second = self.joining("second")

    def server(self, name, roles, **settings):
        return RoleServer(self.binary, self.root / name, roles, {
            "NODE_ID": name, "DATABASE_URL": self.url, "EDGE_PORT": 0,
            "EDGE_CA_FILE": self.root / "certs/ca.pem",
            "EDGE_CERTIFICATE_FILE": self.root / "certs/all.pem",
            "EDGE_PRIVATE_KEY_FILE": self.root / "certs/all-key.pem", **settings})

    def joining(self, name, roles="control,frontend"):
        return self.server(
            name, roles, EDGE_ENGINE_URL=f"https://127.0.0.1:{self.engine_port}")

    def give_keys(self, server):
        server.data.mkdir(mode=0o700)
        for name in KEYS:
            shutil.copy(self.first.data / name, server.data / name)

    def start(self):
        self.first.start()
        self.give_keys(self.second)
        self.second.start()
        return self

    def admin(self, server, path, body):
        return expect(call(
            "POST", server.endpoints["admin_http"] + path, body, self.first.admin_token))


@pytest.fixture(scope="module")
def pair(request):
    binary = request.config.getoption("--binary")
    lender = Server(binary, temporary_directory())
    root = temporary_directory()
    made = None
    try:
        lender.start()
        made = Pair(binary, root, lend(lender))
        yield made.start()
    finally:
        for server in [made.second, made.first] if made else []:
            if request.session.testsfailed:
                print(f"--- {server.root.name}\n{server.log_tail(40)}")
            server.kill()
        lender.remove()
        shutil.rmtree(root, ignore_errors=True)


def lend(lender):
    sockets = (lender.data / "postgres.socketdir").read_text().strip()
    psql = ["psql", "-h", sockets, "-U", "tessera", "-d", "tessera", "-c"]
    for statement in ("CREATE DATABASE lent",
                      "CREATE ROLE lent LOGIN; ALTER DATABASE lent OWNER TO lent"):
        subprocess.run([*psql, statement], check=True, capture_output=True, timeout=60)
    return f"postgresql:///lent?host={sockets}&user=lent"


def identity(server, token):
    return call("GET", server.url + "/api/v2/auth/identity", token=token)[0]


def revoke(pair, server, tenant, token):
    key = token.split("_")[1]
    return pair.admin(server, f"/v1/tenants/{tenant.name}/tokens/{key}:revoke", {})


def test_both_serve_the_same_data(pair):
    tenant = make_tenant(pair.first)
    other = tenant.__class__(pair.second, tenant.name, tenant.database, tenant.token)
    things = tenant.cloud_client().create_collection("things", embedding_function=None)
    things.add(ids=["a"], embeddings=[[1, 2]])
    there = other.cloud_client().get_collection("things", embedding_function=None)
    there.add(ids=["b"], embeddings=[[3, 4]])
    assert things.count() == there.count() == 2
    assert not (pair.second.data / "bootstrap.json").exists()


@pytest.mark.parametrize("at", ["first", "second"])
def test_a_token_revoked_on_one_is_refused_on_the_other_when_revoke_returns(pair, at):
    here, there = ((pair.first, pair.second) if at == "first" else (pair.second, pair.first))
    tenant = make_tenant(pair.first)
    took = []
    for _ in range(ROUNDS):
        token = make_token(pair.first, tenant.name)
        assert identity(there, token) == identity(here, token) == 200
        began = time.monotonic()
        answer = revoke(pair, here, tenant, token)
        took.append(time.monotonic() - began)
        assert identity(there, token) == identity(here, token) == 401
        assert "unconfirmed_nodes" not in answer, answer
    took.sort()
    print(f"revoked: p50 {took[len(took) // 2] * 1e3:.0f} ms, max {took[-1] * 1e3:.0f} ms")


def test_a_rate_holds_over_both(pair):
    tenant = make_tenant(pair.first)
    limit(pair.first, tenant, "read_requests_per_second", RATE)
    hammers = [
        Hammer(each.url, tenant.token, collections_path(tenant))
        for each in (pair.first, pair.second)]
    began = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda hammer: hammer.run(SECONDS), hammers))
    elapsed = time.monotonic() - began
    admitted = sum(statuses.get(200, 0) for statuses in both)
    # A burst, the rate, and what the frontends may hold, as ARCHITECTURE.md has it.
    assert admitted <= RATE + RATE * elapsed + RATE, both
    asked = sum(sum(statuses.values()) for statuses in both)
    # None is refused only when the machine itself was slower than the rate.
    assert all(statuses.get(429) for statuses in both) or asked < RATE + RATE * elapsed, both


def test_a_server_that_hangs_is_named_and_lets_nobody_in_afterwards(pair):
    tenant = make_tenant(pair.first)
    token = make_token(pair.first, tenant.name)
    assert identity(pair.second, token) == 200
    os.kill(pair.second.process.pid, signal.SIGSTOP)
    try:
        assert revoke(pair, pair.first, tenant, token)["unconfirmed_nodes"] == ["second"]
    finally:
        os.kill(pair.second.process.pid, signal.SIGCONT)
    assert identity(pair.second, token) == 401
    assert wait_until(lambda: followed(pair, tenant), 30)


def test_a_server_that_was_killed_is_named_until_it_is_back(pair):
    tenant = make_tenant(pair.first)
    pair.second.kill()
    token = make_token(pair.first, tenant.name)
    assert revoke(pair, pair.first, tenant, token)["unconfirmed_nodes"] == ["second"]
    pair.second.start()
    assert wait_until(lambda: followed(pair, tenant), 30)


def test_a_server_that_was_stopped_is_not_waited_for(pair):
    tenant = make_tenant(pair.first)
    assert pair.second.stop() == 0
    assert followed(pair, tenant)
    pair.second.start()
    assert followed(pair, tenant)


def followed(pair, tenant):
    token = make_token(pair.first, tenant.name)
    return "unconfirmed_nodes" not in revoke(pair, pair.first, tenant, token)


def refusal(server):
    done = subprocess.run(
        server.command(), env=server.environment(), capture_output=True, text=True, timeout=120)
    assert done.returncode == 1
    return done.stderr


def test_a_second_engine_on_the_database_is_refused(pair):
    third = pair.joining("third", "control,frontend,engine")
    pair.give_keys(third)
    text = refusal(third)
    assert '"first"' in text and "edge.engine_url" in text


def test_a_server_without_the_others_keys_is_refused(pair):
    text = refusal(pair.joining("fourth"))
    assert "pepper and receipt-key" in text
    assert identity(pair.first, pair.first.bootstrap["token"]) == 200
