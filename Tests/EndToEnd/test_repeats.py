"""Changes of the admin API that are sent again, or that are made to what has changed since."""

import pathlib
import uuid

from server import call
from tenancy import expect, make_tenant

ISSUER = {"url": "https://id.example", "audiences": ["a"], "keysFile": "k.json",
          "roles": [{"value": "dev", "role": "reader"}]}


def aborted(answer):
    status, body = answer
    return status == 409 and "ABORTED" in str(body)


def reused(answer):
    status, body = answer
    return status == 409 and "request_id was used" in str(body)


def once(server, path, body, other):
    """A change with an id: made once, answered alike, refused with another body."""
    body = {**body, "requestId": str(uuid.uuid4())}
    first = expect(server.admin("POST", path, body))
    assert [server.admin("POST", path, body) for _ in range(3)] == [(200, first)] * 3
    assert reused(server.admin("POST", path, {**body, **other}))
    return first


def test_a_plan_is_changed_once_and_only_of_the_tenant_that_was_seen(server):
    path = f"/v1/tenants/{make_tenant(server).name}"
    before = expect(server.admin("GET", path))
    changed = once(server, path + ":changePlan",
                   {"plan": "chroma-cloud", "etag": before["etag"]}, {"plan": "self-hosted"})
    assert changed["plan"] == "chroma-cloud" and changed["etag"] != before["etag"]
    stale = {"plan": "self-hosted", "etag": before["etag"]}
    assert aborted(server.admin("POST", path + ":changePlan", stale))
    assert expect(server.admin("GET", path)) == changed
    done = server.cli("tenant", "set-plan", path.split("/")[-1], "self-hosted", "--etag",
                      before["etag"], check=False)
    assert done.returncode == 1 and "etag" in done.stderr


def test_an_override_is_made_once_and_takes_the_place_of_the_one_that_was_seen(server):
    tenant = make_tenant(server)
    for parent in (f"/v1/tenants/{tenant.name}",
                   f"/v1/tenants/{tenant.name}/databases/{tenant.database}"):
        path = parent + "/quotaOverrides"
        body = {"usageType": "num_records", "limit": "7", "reason": "a test"}
        # There is none yet that could have been seen.
        assert aborted(server.admin("POST", path, {**body, "etag": "0123"}))
        first = once(server, path, body, {"limit": "8"})
        second = expect(server.admin("POST", path, {**body, "limit": "9", "etag": first["etag"]}))
        assert second["limit"] == "9" and second["etag"] != first["etag"]
        assert aborted(server.admin("POST", path, {**body, "etag": first["etag"]}))
        assert aborted(server.admin("DELETE", f"{path}/num_records?etag={first['etag']}"))
        expect(server.admin("DELETE", f"{path}/num_records?etag={second['etag']}"))


def test_an_issuer_is_made_once_and_only_replaced_and_deleted_as_it_was_seen(server):
    folder = server.data / "issuer-keys"
    pathlib.Path(folder).mkdir(mode=0o700, exist_ok=True)
    name = f"seen-{uuid.uuid4().hex[:6]}"
    issuer = {**ISSUER, "url": f"https://{name}.example"}
    first = once(server, "/v1/issuers", {"issuerId": name, "issuer": issuer},
                 {"issuerId": name + "-other"})
    path = f"/v1/issuers/{name}"
    replaced = expect(server.admin("POST", path + ":replace", {
        "issuer": {**issuer, "audiences": ["b"]}, "etag": first["etag"]}))
    assert replaced["etag"] != first["etag"] and replaced["audiences"] == ["b"]
    assert aborted(server.admin(
        "POST", path + ":replace", {"issuer": issuer, "etag": first["etag"]}))
    denied = once(server, path + "/denials", {"denial": {"subject": "ada"}},
                  {"denial": {"subject": "bob"}})
    assert len(expect(server.admin("GET", path + "/denials"))["denials"]) == 1, denied
    # A denial is a change of its issuer.
    assert aborted(server.admin("DELETE", f"{path}?etag={replaced['etag']}"))
    latest = expect(server.admin("GET", path))["etag"]
    expect(server.admin("DELETE", f"{path}?etag={latest}"))


def test_a_backup_is_written_and_restored_once(server, tmp_path):
    tmp_path.chmod(0o777)
    tenant = make_tenant(server)
    tenant.cloud_client().create_collection("things", embedding_function=None).add(
        ids=["a"], embeddings=[[1.0, 2.0]])
    written = once(server, f"/v1/tenants/{tenant.name}/backups",
                   {"directory": str(tmp_path / "backup")}, {"directory": str(tmp_path / "x")})
    assert written["collections"][0]["records"] == "1"
    name = tenant.name + "-again"
    restored = once(server, "/v1/backups:restore",
                    {"tenantId": name, "directory": written["directory"]}, {"verify": True})
    assert restored["tenant"] == f"tenants/{name}"
    assert call("GET", server.endpoints["admin_http"] + f"/v1/tenants/{name}",
                token=server.admin_token)[0] == 200
