"""The life of a tenant: suspended, resumed, deleted, undeleted, purged; and who did it."""

import contextlib
import json
import threading

from server import wait_until
from tenancy import expect, make_tenant

# In every kind of place that a tenant's text is kept in.
MARKER = "quagga"


def add(tenant, path, first, count=200):
    numbers = range(first, first + count)
    return tenant.call("POST", f"{path}/add", {
        "ids": [f"{MARKER}-{number}" for number in numbers],
        "embeddings": [[number, 1] for number in numbers],
        "documents": [f"{MARKER} document {number}" for number in numbers],
        "metadatas": [{f"{MARKER}-key": f"{MARKER}-{number}"} for number in numbers]})


def make_collection(tenant):
    made = tenant.call("POST", "/collections", {"name": f"{MARKER}-collection"})
    return f"/collections/{expect(made)['id']}"


def uid(server, tenant):
    return expect(server.admin("GET", f"/v1/tenants/{tenant.name}"))["uid"]


def files_with(server, text):
    """The files below the data directory, PostgreSQL's included, and the log, that contain it."""
    found = []
    for path in [server.log, *server.data.rglob("*")]:
        # Files come and go while the server runs.
        with contextlib.suppress(FileNotFoundError):
            if path.is_file() and not path.is_symlink() and text.encode() in path.read_bytes():
                found.append(path)
    return found


def test_a_suspended_tenant_is_refused_with_the_reason_and_loses_nothing(server):
    tenant = make_tenant(server)
    path = make_collection(tenant)
    expect(add(tenant, path, 0), 201)
    server.cli("tenant", "suspend", tenant.name, "--reason", "invoice 17 is open")
    for answer in (
            tenant.call("GET", f"{path}/count"), add(tenant, path, 500),
            tenant.call("GET", "/collections")):
        assert "invoice 17 is open" in expect(answer, 403)["message"]
    assert "suspended" in server.cli("tenant", "get", tenant.name).stdout
    server.cli("tenant", "resume", tenant.name)
    assert expect(tenant.call("GET", f"{path}/count")) == 200


def test_an_undeleted_tenant_has_its_records_and_its_tokens(server):
    tenant = make_tenant(server)
    path = make_collection(tenant)
    expect(add(tenant, path, 0), 201)
    server.cli("tenant", "delete", tenant.name)
    assert tenant.call("GET", f"{path}/count")[0] == 401
    assert tenant.name not in server.cli("tenant", "list").stdout
    assert tenant.name in server.cli("tenant", "list", "--deleted").stdout
    server.cli("tenant", "undelete", tenant.name)
    assert expect(tenant.call("GET", f"{path}/count")) == 200


def test_a_purge_under_writes_and_seals_leaves_nothing_on_the_disk(own_server):
    server = own_server().start()
    tenant, other = make_tenant(server), make_tenant(server)
    path = make_collection(tenant)
    directory = server.data / "tenants" / uid(server, tenant)
    expect(add(tenant, path, 0), 201)
    # Some of it in segments, some in the log alone.
    assert wait_until(lambda: list(directory.glob("segments/*.seg")), 60)
    kept = expect(other.call("POST", "/collections", {"name": "kept"}))
    other_path = f"/collections/{kept['id']}"
    body = {"ids": ["a"], "embeddings": [[1, 2]], "documents": ["stays"]}
    expect(other.call("POST", f"{other_path}/add", body), 201)

    stop = threading.Event()
    statuses = set()

    def write(first):
        while not stop.is_set():
            statuses.add(add(tenant, path, first)[0])
            first += 200

    writers = [threading.Thread(target=write, args=(10_000 * (n + 1),)) for n in range(3)]
    for writer in writers:
        writer.start()
    assert wait_until(lambda: 201 in statuses, 60)
    assert files_with(server, MARKER)
    server.cli("tenant", "delete", tenant.name)
    server.cli("tenant", "purge", tenant.name)
    stop.set()
    for writer in writers:
        writer.join()
    # What was let in before the deletion finds no tenant; nothing fails otherwise.
    assert statuses <= {201, 401, 403, 404, 429}, statuses
    assert not directory.exists()
    assert files_with(server, MARKER) == []
    assert expect(other.call("GET", f"{other_path}/count")) == 1

    server.restart()
    assert not directory.exists()
    assert tenant.call("GET", f"{path}/count")[0] == 401
    assert expect(other.call("GET", f"{other_path}/count")) == 1
    refused = server.cli("tenant", "undelete", tenant.name, check=False)
    assert refused.returncode == 1 and "No deleted tenant" in refused.stderr


def test_a_window_of_no_days_purges_by_itself(own_server):
    server = own_server(TENANTS_UNDELETE_DAYS=0).start()
    tenant = make_tenant(server)
    expect(add(tenant, make_collection(tenant), 0), 201)
    directory = server.data / "tenants" / uid(server, tenant)
    assert directory.exists()
    server.cli("tenant", "delete", tenant.name)
    assert wait_until(lambda: not directory.exists(), 60)
    assert wait_until(
        lambda: tenant.name not in server.cli("tenant", "list", "--deleted").stdout, 60)


def test_every_change_is_in_the_audit_log_and_the_log_is_whole(own_server):
    server = own_server().start()
    tenant = make_tenant(server)
    assert server.admin("POST", f"/v1/tenants/{tenant.name}/databases", {
        "database_id": "mine"}, token=tenant.token)[0] == 200
    assert server.admin("POST", "/v1/tenants", {"tenant_id": "more"}, token=tenant.token)[0] == 403
    events = json.loads(server.cli("audit", "list", "--json").stdout)["audit_events"]
    shown = [(e["event"], e.get("resource", ""), e["result"]) for e in reversed(events)]
    assert shown[0] == ("tenant.created", f"tenants/{tenant.name}", "ok")
    assert shown[-2:] == [
        ("database.created", f"tenants/{tenant.name}/databases/mine", "ok"),
        ("tenant.created", "", "permissionDenied")], shown
    assert events[0]["actor"] == tenant.token.split("_")[1]
    assert events[0]["address"] == "127.0.0.1"
    only = server.cli("audit", "list", "--tenant", tenant.name).stdout
    assert "databases/mine" in only and "permissionDenied" not in only
    assert server.cli("audit", "verify").stdout.startswith("whole: ")
