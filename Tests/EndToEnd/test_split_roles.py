"""Control plane, engine and two frontends as processes of their own."""

import socket
import ssl
import urllib.parse

import pytest

from server import call
from tenancy import make_tenant


@pytest.fixture(params=[0, 1], ids=["first", "second"])
def through(request, installation):
    """The installation through either frontend."""
    return installation.through(request.param)


def test_each_process_says_just_what_it_serves(installation):
    names = {server.root.name: set(server.endpoints) - {"pid"} for server in installation.processes}
    assert names == {
        "engine": {"status_http", "edge"},
        "control": {"admin_http", "admin_grpc", "edge"},
        "frontend-1": {"http", "grpc", "status_http"},
        "frontend-2": {"http", "grpc", "status_http"},
    }


def test_a_client_works_through_either_frontend(through):
    client = make_tenant(through).cloud_client()
    things = client.create_collection("things", embedding_function=None)
    things.add(ids=["a", "b"], embeddings=[[1, 0], [0, 1]], documents=["one", "two"],
               metadatas=[{"n": 1}, {"n": 2}])
    assert things.count() == 2
    assert things.query(query_embeddings=[[1, 0.1]], n_results=1)["ids"] == [["a"]]
    assert things.get(where={"n": 2})["documents"] == ["two"]
    things.update(ids=["a"], embeddings=[[1, 0]], documents=["uno"])
    things.delete(ids=["b"])
    assert things.get()["documents"] == ["uno"]
    assert [c.name for c in client.list_collections()] == ["things"]
    client.delete_collection("things")
    assert client.list_collections() == []


def test_what_one_frontend_writes_the_other_reads_at_once(installation):
    tenant = make_tenant(installation)
    one, two = (
        tenant.__class__(installation.through(n), tenant.name, tenant.database, tenant.token)
        .cloud_client() for n in range(2))
    written = one.create_collection("things", embedding_function=None)
    read = two.get_collection("things", embedding_function=None)
    for number in range(20):
        written.add(ids=[f"{number}"], embeddings=[[number, 1]])
        assert read.count() == number + 1


def test_chroma_s_own_routes_change_tenants_and_databases_through_a_frontend(through):
    tenant = make_tenant(through)
    url = f"{through.url}/api/v2/tenants/{tenant.name}/databases"
    assert call("POST", url, {"name": "second"}, tenant.token)[0] == 200
    assert call("POST", url, {"name": "second"}, tenant.token)[0] == 409
    names = [d["name"] for d in call("GET", url, token=tenant.token)[1]]
    assert names == [tenant.database, "second"]
    assert call("DELETE", f"{url}/second", token=tenant.token)[0] == 200
    status, body = call("DELETE", f"{url}/second", token=tenant.token)
    assert (status, body["error"]) == (404, "NotFoundError")


def test_a_revoked_token_is_refused_by_both_frontends_when_revoke_returns(installation):
    for _ in range(20):
        tenant = make_tenant(installation)
        urls = [f"{url}/api/v2/auth/identity" for url in installation.urls]
        assert [call("GET", url, token=tenant.token)[0] for url in urls] == [200, 200]
        key = tenant.token.split("_")[1]
        status, answer = installation.admin(
            "POST", f"/v1/tenants/{tenant.name}/tokens/{key}:revoke", {})
        assert status == 200, answer
        assert [call("GET", url, token=tenant.token)[0] for url in urls] == [401, 401]


def test_a_wrong_token_is_refused_and_not_taken_for_an_outage(through):
    assert call("GET", f"{through.url}/api/v2/auth/identity", token="nonsense")[0] == 401


def test_the_port_for_processes_asks_for_a_certificate_of_the_installation(installation):
    edge = urllib.parse.urlsplit(installation.control.endpoints["edge"])
    context = ssl.create_default_context(cafile=installation.certificates / "ca.pem")
    context.set_alpn_protocols(["h2"])
    with pytest.raises((ssl.SSLError, ConnectionError)):
        with socket.create_connection((edge.hostname, edge.port), timeout=10) as plain:
            with context.wrap_socket(
                    plain, server_hostname="control.tessera.internal") as secure:
                secure.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
                while secure.recv(4096):
                    pass
                raise ConnectionError("closed")


def test_sigterm_ends_every_process_with_status_0(own_installation):
    installation = own_installation(frontends=1).start()
    make_tenant(installation).cloud_client()
    assert installation.stop() == [0, 0, 0]
