"""allow_reset: for test suites, on loopback only, off by default."""

import subprocess

import pytest

from server import call
from tenancy import expect, make_tenant


@pytest.fixture(scope="module")
def conforming(request):
    from conftest import finish, new_server

    server = new_server(request, ALLOW_RESET="true")
    try:
        yield server.start()
    finally:
        finish(request, server)


def reset(server, token):
    return call("POST", server.url + "/api/v2/reset", {}, token)


def test_outside_it_reset_is_refused_whoever_asks(server):
    for token in (server.admin_token, server.bootstrap["token"]):
        status, body = reset(server, token)
        assert status == 403 and body["error"] == "ChromaError"
    assert reset(server, None)[0] == 401


@pytest.mark.parametrize("host", ["HTTP_HOST", "GRPC_HOST", "ADMIN_HOST"])
def test_it_is_refused_unless_every_listener_is_on_loopback(own_server, host):
    server = own_server(ALLOW_RESET="true", **{host: "0.0.0.0"})
    done = subprocess.run(
        server.command(), env=server.environment(), capture_output=True, text=True, timeout=60)
    assert done.returncode != 0 and "allow_reset" in done.stderr
    assert not server.data.exists() or not (server.data / "bootstrap.json").exists()


def test_reset_takes_the_admin_token_and_no_other(conforming):
    assert reset(conforming, conforming.bootstrap["token"])[0] == 403
    assert reset(conforming, None)[0] == 401
    assert reset(conforming, conforming.admin_token) == (200, True)


def test_reset_empties_all_and_drops_what_was_made_since_bootstrap(conforming):
    start = conforming.bootstrap
    tenant = make_tenant(conforming)
    tenant.cloud_client().create_collection("things", embedding_function=None)
    base = f"{conforming.url}/api/v2/tenants/{start['tenant']}/databases"
    expect(call("POST", f"{base}/{start['database']}/collections", {"name": "mine"},
                start["token"]))
    expect(call("POST", base, {"name": "extra-db"}, start["token"]))
    assert reset(conforming, conforming.admin_token) == (200, True)
    names = [each["name"] for each in expect(call("GET", base, token=start["token"]))]
    assert names == [start["database"]]
    assert call("GET", f"{base}/{start['database']}/collections", token=start["token"]) == (
        200, [])
    assert tenant.call("GET", "/collections")[0] == 401
    assert call("GET", f"{conforming.url}/api/v2/tenants/{tenant.name}",
                token=conforming.admin_token)[0] == 404
    assert conforming.bootstrap == start


def test_reset_brings_back_a_deleted_bootstrap_database(conforming):
    start = conforming.bootstrap
    path = f"{conforming.url}/api/v2/tenants/{start['tenant']}/databases/{start['database']}"
    expect(call("DELETE", path, token=start["token"]))
    assert reset(conforming, conforming.admin_token) == (200, True)
    assert call("GET", path, token=start["token"])[0] == 200


def test_the_admin_token_makes_tenants_and_uses_the_data_of_any(conforming):
    admin = conforming.admin_token
    expect(call("POST", conforming.url + "/api/v2/tenants", {"name": "suite-tenant"}, admin))
    base = f"{conforming.url}/api/v2/tenants/suite-tenant/databases"
    expect(call("POST", base, {"name": "suite-db"}, admin))
    made = expect(call("POST", f"{base}/suite-db/collections", {"name": "things"}, admin))
    path = f"{base}/suite-db/collections/{made['id']}"
    assert call("POST", path + "/add", {"ids": ["a"], "embeddings": [[1.0]]}, admin)[0] == 201
    assert call("GET", path + "/count", token=admin) == (200, 1)


def test_a_reset_survives_a_kill(conforming):
    start = conforming.bootstrap
    base = f"{conforming.url}/api/v2/tenants/{start['tenant']}/databases/{start['database']}"
    expect(call("POST", f"{base}/collections", {"name": "gone"}, start["token"]))
    assert reset(conforming, conforming.admin_token) == (200, True)
    conforming.kill()
    conforming.start()
    base = f"{conforming.url}/api/v2/tenants/{start['tenant']}/databases/{start['database']}"
    assert call("GET", f"{base}/collections", token=start["token"]) == (200, [])
