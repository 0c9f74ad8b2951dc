"""Tenants and databases that come and go by Chroma's own routes are in the audit log."""

import uuid

import pytest

from server import call
from tenancy import expect, make_tenant

EVENTS = ["tenant.created", "tenant.updated", "database.created", "database.deleted"]


def events(server, tenant):
    """Of Chroma's routes, oldest first."""
    answer = expect(server.admin("GET", f"/v1/auditEvents?tenant=tenants/{tenant}&pageSize=100"))
    found = [each for each in answer.get("audit_events", []) if
             each["method"].startswith("chroma/")]
    return found[::-1]


@pytest.fixture(params=["one process", "split roles"])
def place(request):
    name = "server" if request.param == "one process" else "installation"
    return request.getfixturevalue(name)


def test_each_is_an_event_with_who_where_and_which_request(place):
    name = f"routed-{uuid.uuid4().hex[:8]}"
    base = f"{place.url}/api/v2/tenants"
    admin = place.admin_token
    expect(call("POST", base, {"name": name}, admin))
    expect(call("PATCH", f"{base}/{name}", {"resource_name": name}, admin))
    expect(call("POST", f"{base}/{name}/databases", {"name": "books"}, admin))
    # Neither what is refused nor what only reads.
    assert call("POST", f"{base}/{name}/databases", {"name": "books"}, admin)[0] == 409
    expect(call("GET", f"{base}/{name}/databases", token=admin))
    expect(call("DELETE", f"{base}/{name}/databases/books", token=admin))
    found = events(place, name)
    assert [each["event"] for each in found] == EVENTS
    own = f"tenants/{name}"
    assert [each["resource"] for each in found] == [own, own, *[own + "/databases/books"] * 2]
    assert {each["actor"] for each in found} == {admin.split("_")[1]}
    assert {each["address"] for each in found} == {"127.0.0.1"}
    assert {each["result"] for each in found} == {"ok"}
    assert len({each["request_id"] for each in found}) == len(EVENTS)
    assert "faults" not in expect(place.admin("GET", "/v1/auditEvents:verify"))


def test_the_request_is_the_one_that_the_caller_was_told(server):
    tenant = make_tenant(server)
    trace = uuid.uuid4().hex
    expect(tenant.server.admin("GET", f"/v1/tenants/{tenant.name}"))
    expect(call(
        "POST", f"{server.url}/api/v2/tenants/{tenant.name}/databases", {"name": "books"},
        tenant.token, {"traceparent": f"00-{trace}-00f067aa0ba902b7-01"}))
    [event] = events(server, tenant.name)
    assert uuid.UUID(event["request_id"]).hex == trace
    assert event["actor"] == tenant.token.split("_")[1]


def test_a_reset_is_an_event_of_the_log_that_it_leaves(own_server):
    server = own_server(ALLOW_RESET="true").start()
    expect(call("POST", f"{server.url}/api/v2/reset", token=server.admin_token))
    answer = expect(server.admin("GET", "/v1/auditEvents?pageSize=10"))
    assert answer["audit_events"][0]["event"] == "installation.reset"
    assert "faults" not in expect(server.admin("GET", "/v1/auditEvents:verify"))
