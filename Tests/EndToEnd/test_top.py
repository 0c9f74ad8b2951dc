"""`tessera top`: which tenants have the engine do most."""

import contextlib
import json
import os
import pty
import re
import select
import threading
import time

from server import call, wait_until
from tenancy import make_tenant
from test_telemetry import metrics_page


class Load:
    """Writes and reads of a tenant in a thread, until the end of the `with`."""

    def __init__(self, tenant):
        self.collection = tenant.cloud_client().create_collection("things", embedding_function=None)
        self.ended = threading.Event()
        self.writes = self.reads = 0

    def run(self):
        while not self.ended.is_set():
            self.collection.upsert(ids=[f"{self.writes % 100}"], embeddings=[[self.writes, 1]])
            self.writes += 1
            self.collection.query(query_embeddings=[[1, 1]], n_results=1)
            self.reads += 1

    @contextlib.contextmanager
    def running(self):
        thread = threading.Thread(target=self.run)
        thread.start()
        try:
            assert wait_until(lambda: self.reads > 3, 30)
            yield self
        finally:
            self.ended.set()
            thread.join()


def top(server, *arguments):
    return json.loads(server.cli("top", "--once", "--json", *arguments).stdout)


def named(answer, tenant):
    return next(
        (row for row in answer["tenants"] if row["tenant"] == f"tenants/{tenant.name}"), None)


def check_top(server, busy, idle):
    """Of a tenant that works and one that has worked once."""
    idle.cloud_client().create_collection("still", embedding_function=None)
    with Load(busy).running():
        answer = top(server, "--interval", "1", "--sort", "writes", "--limit", "1")
        assert [row["tenant"] for row in answer["tenants"]] == [f"tenants/{busy.name}"]
        row = answer["tenants"][0]
        assert row["writes_per_second"] > 0 and row["reads_per_second"] > 0
        assert row["cpu_percent"] > 0
        assert row["written_bytes_per_second"] > 0 and row["open"] is True
        assert 0.9 < answer["interval_seconds"] < 60 and answer["open_tenants"] >= 2
        everyone = top(server, "--interval", "0.2", "--limit", "100")
        resting = named(everyone, idle)
        assert resting is None or resting.get("writes_per_second", 0) == 0


def test_top_shows_who_works(server):
    check_top(server, make_tenant(server, "busy"), make_tenant(server, "idle"))


def test_top_shows_who_works_in_an_engine_elsewhere(installation):
    check_top(installation, make_tenant(installation, "busy"), make_tenant(installation, "idle"))


def test_top_and_metrics_count_the_same(own_server):
    server = own_server().start()
    tenant = make_tenant(server, "counted")
    # A tenant's series begins where it is first shown.
    first = metrics_page(server)
    assert tenant.name not in first
    with Load(tenant).running() as load:
        pass
    row = named(top(server, "--sort", "tail", "--interval", "0.1"), tenant)
    page = metrics_page(server)

    def counter(name):
        found = re.search(rf'^{name}\{{tenant="{tenant.name}"\}} (\S+)$', page, re.MULTILINE)
        return float(found.group(1))

    assert counter("tessera_tenant_writes_total") == int(row["total_writes"])
    assert counter("tessera_tenant_reads_total") == int(row["total_reads"])
    assert counter("tessera_tenant_written_bytes_total") == int(row["total_written_bytes"])
    # The collection's making is a write too.
    assert int(row["total_writes"]) == load.writes + 1
    assert int(row["total_reads"]) >= load.reads


def test_top_is_for_operators_and_within_bounds(server, tenant):
    path = server.endpoints["admin_http"] + "/v1/tenants:measure"
    assert call("GET", path, token=tenant.token)[0] == 403
    for query in ("order_by=name", "interval_milliseconds=99", "page_size=-1"):
        status, body = server.admin("GET", f"/v1/tenants:measure?{query}")
        assert status == 400, body


def test_top_on_a_terminal_ranks_anew_and_ends_with_q(server, tenant):
    with Load(tenant).running():
        child, terminal = pty.fork()
        if child == 0:
            os.execve(
                server.binary, [
                    str(server.binary), "top", "--interval", "0.2", "--data-dir",
                    str(server.data)], {**server.environment(), "TERM": "xterm"})
        seen = b""

        def shows(text):
            nonlocal seen
            end = time.monotonic() + 30
            while text not in seen and time.monotonic() < end:
                if select.select([terminal], [], [], 0.2)[0]:
                    seen += os.read(terminal, 65536)
            return text in seen

        assert shows(b"by cpu"), seen
        assert shows(tenant.name.encode()), seen
        os.write(terminal, b"w")
        assert shows(b"by writes"), seen
        os.write(terminal, b"q")
        # The screen that was there before, and a cursor.
        assert shows(b"\x1b[?25h\x1b[?1049l"), seen
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        os.close(terminal)
