"""Whom a request comes from, when proxies stand in front of the server."""

import grpc
import pytest

import packed as grpc_packed
from server import ServerFailed, call
from tenancy import expect, make_tenant, make_token

HOME = "203.0.113.7"
ELSEWHERE = "198.51.100.1"


def statuses(tenant, token, forwarded, path="/collections"):
    """What HTTP and gRPC say to a token when the header says so."""
    http, _ = call("GET", tenant.server.url + tenant.path + path, token=token,
                   headers={"X-Forwarded-For": forwarded})
    client = grpc_packed.Client(tenant, metadata=[
        ("authorization", f"Bearer {token}"), ("x-forwarded-for", forwarded)])
    try:
        client.ListCollections()
        return http, grpc.StatusCode.OK
    except grpc.RpcError as error:
        return http, error.code()


WELCOME = (200, grpc.StatusCode.OK)
REFUSED = (401, grpc.StatusCode.UNAUTHENTICATED)


def test_a_trusted_proxy_says_where_a_token_is_used(own_server):
    server = own_server(HTTP_TRUSTED_PROXIES="127.0.0.0/8, ::1").start()
    tenant = make_tenant(server)
    token = make_token(server, tenant.name, ipAllow=[f"{HOME}/32"])
    assert statuses(tenant, token, HOME) == WELCOME
    assert statuses(tenant, token, f"{ELSEWHERE}, {HOME}, 127.0.0.9") == WELCOME
    # What the client wrote itself comes before what the proxy added.
    for forged in (f"{HOME}, {ELSEWHERE}", ELSEWHERE, "", "unknown", f"{HOME}, unknown"):
        assert statuses(tenant, token, forged) == REFUSED, forged
    # The admin's ports read the field too, and the audit log says what they read.
    admin = make_token(server, tenant.name, role="admin", ipAllow=[f"{HOME}/32"])
    url = server.endpoints["admin_http"] + f"/v1/tenants/{tenant.name}/tokens"
    for forwarded, expected in [(f"{ELSEWHERE}, {HOME}", 200), (ELSEWHERE, 401)]:
        status, _ = call("GET", url, token=admin, headers={"X-Forwarded-For": forwarded})
        assert status == expected
    expect(call("POST", server.endpoints["admin_http"] + "/v1/tenants",
                {"tenantId": "audited"}, server.admin_token,
                {"X-Forwarded-For": f"{ELSEWHERE}, {HOME}"}))
    events = server.cli("audit", "list", "--json").stdout
    assert HOME in events and ELSEWHERE not in events


def test_without_trusted_proxies_a_header_changes_nothing(own_server):
    server = own_server(HTTP_TRUSTED_PROXIES="192.0.2.0/24").start()
    tenant = make_tenant(server)
    token = make_token(server, tenant.name, ipAllow=[f"{HOME}/32"])
    assert statuses(tenant, token, HOME) == REFUSED
    local = make_token(server, tenant.name, ipAllow=["127.0.0.0/8"])
    assert statuses(tenant, local, HOME) == WELCOME


def test_what_trusts_everyone_refuses_to_start(own_server):
    with pytest.raises(ServerFailed, match="http.trusted_proxies"):
        own_server(HTTP_TRUSTED_PROXIES="0.0.0.0/0").start()
