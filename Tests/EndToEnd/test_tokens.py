"""Only a live token with the right role is let in."""

import dataclasses
import datetime

import pytest
from chromadb.errors import ChromaError

from server import call, wait_until
from tenancy import expect, make_token

DENIED = {"error": "ChromaError", "message": "Permission denied."}
OPEN = ["/api/v2", "/api/v2/heartbeat", "/api/v2/healthcheck", "/api/v2/version",
        "/api/v2/pre-flight-checks"]


def knock(tenant, token):
    return call("GET", tenant.server.url + tenant.path + "/collections", token=token)


@pytest.mark.parametrize("path", OPEN)
def test_health_and_version_ask_for_no_token(server, path):
    assert call("GET", server.url + path)[0] == 200


def test_no_token_is_refused(tenant):
    assert knock(tenant, None) == (401, DENIED)


def altered(token):
    """Tokens that are not quite this one, each wrong in another place."""
    swap = "b" if token[-1] == "a" else "a"
    key = "b" if token[5] == "a" else "a"
    return {
        "last character": token[:-1] + swap, "key id": token[:5] + key + token[6:],
        "cut": token[:-1], "longer": token + "a", "brand": "tsx" + token[3:],
        "case": token.swapcase(), "empty": "", "word": "hunter2", "one space": " ",
        "huge": token + "a" * 4000, "not ascii": "t\u00f6ken",
    }


@pytest.mark.parametrize("how", sorted(altered("tsd_aaaaaaaaaaa_" + "a" * 49)))
def test_a_wrong_token_is_refused(tenant, how):
    assert knock(tenant, altered(tenant.token)[how]) == (401, DENIED)


def test_basic_authentication_is_refused(tenant):
    answer = call("GET", tenant.server.url + tenant.path + "/collections",
                  headers={"Authorization": "Basic dGVzdDp0ZXN0"})
    assert answer == (401, DENIED)


def test_a_bearer_token_is_taken_and_the_chroma_header_wins(tenant):
    bearer = {"Authorization": f"Bearer {tenant.token}"}
    url = tenant.server.url + tenant.path + "/collections"
    assert call("GET", url, headers=bearer) == (200, [])
    assert call("GET", url, token="wrong", headers=bearer)[0] == 401


def test_the_word_none_is_refused_with_a_hint(tenant):
    status, body = knock(tenant, "None")
    assert status == 401 and "pass api_key" in body["message"]


def test_a_client_with_a_wrong_token_raises_chromas_own_error(tenant):
    stranger = dataclasses.replace(tenant, token=altered(tenant.token)["last character"])
    with pytest.raises(ChromaError):
        stranger.cloud_client()


def name_of(tenant, secret):
    """The resource name of a token: its key id is the second part of its text."""
    return f"tenants/{tenant.name}/tokens/{secret.split('_')[1]}"


def test_a_revoked_token_is_refused_from_the_next_request_on(tenant):
    secret = make_token(tenant.server, tenant.name)
    assert knock(tenant, secret)[0] == 200
    expect(tenant.server.admin("POST", f"/v1/{name_of(tenant, secret)}:revoke", {}))
    assert knock(tenant, secret) == (401, DENIED)
    assert knock(tenant, tenant.token)[0] == 200


def test_a_deleted_token_is_refused(tenant):
    secret = make_token(tenant.server, tenant.name)
    expect(tenant.server.admin("DELETE", f"/v1/{name_of(tenant, secret)}"))
    assert knock(tenant, secret) == (401, DENIED)


def test_an_expired_token_is_refused(tenant):
    soon = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=5)
    secret = make_token(tenant.server, tenant.name,
                        expireTime=soon.isoformat().replace("+00:00", "Z"))
    assert wait_until(lambda: knock(tenant, secret) == (401, DENIED), 60)


def test_the_tokens_of_a_deleted_tenant_are_refused(tenant):
    expect(tenant.server.admin("DELETE", f"/v1/tenants/{tenant.name}"))
    assert knock(tenant, tenant.token) == (401, DENIED)


def test_a_reader_reads_and_does_not_write(tenant, collection):
    collection.add(ids=["a"], embeddings=[[1.0]])
    reader = make_token(tenant.server, tenant.name, role="reader")
    path = tenant.collection_path(collection)
    body = {"ids": ["b"], "embeddings": [[1.0]]}
    assert tenant.call("POST", path + "/get", {}, token=reader)[1]["ids"] == ["a"]
    for verb in ("add", "upsert", "update", "delete"):
        assert tenant.call("POST", f"{path}/{verb}", body, token=reader) == (403, DENIED)
    assert tenant.call("POST", "/collections", {"name": "new"}, token=reader) == (403, DENIED)
    assert collection.count() == 1


def test_a_writer_writes_and_makes_no_database(tenant, collection):
    writer = make_token(tenant.server, tenant.name, role="writer")
    path = tenant.collection_path(collection)
    body = {"ids": ["b"], "embeddings": [[1.0]]}
    assert tenant.call("POST", path + "/add", body, token=writer)[0] == 201
    databases = f"{tenant.server.url}/api/v2/tenants/{tenant.name}/databases"
    assert call("POST", databases, {"name": "more"}, token=writer) == (403, DENIED)


def test_a_token_for_one_database_does_not_see_another(tenant):
    expect(tenant.server.admin(
        "POST", f"/v1/tenants/{tenant.name}/databases", {"databaseId": "other-db"}))
    narrow = make_token(tenant.server, tenant.name, role="writer", databases=["other-db"])
    base = f"{tenant.server.url}/api/v2/tenants/{tenant.name}/databases"
    assert call("GET", f"{base}/other-db", token=narrow)[0] == 200
    hidden = call("GET", f"{base}/main-db", token=narrow)
    missing = call("GET", f"{base}/none-db", token=narrow)
    assert hidden[0] == missing[0] == 404
    assert hidden[1]["message"].replace("main-db", "none-db") == missing[1]["message"]
    identity = call("GET", tenant.server.url + "/api/v2/auth/identity", token=narrow)[1]
    assert identity["databases"] == ["other-db"] and identity["tenant"] == tenant.name


def test_an_admin_token_of_the_installation_reads_no_tenants_data(tenant, collection):
    admin = tenant.server.admin_token
    path = tenant.collection_path(collection)
    for method, route in [("GET", "/collections"), ("POST", path + "/get"),
                          ("GET", path + "/count")]:
        body = {} if method == "POST" else None
        assert tenant.call(method, route, body, token=admin) == (403, DENIED)


def test_no_token_stands_in_the_log_or_the_data(tenant):
    secret = make_token(tenant.server, tenant.name).split("_")[-1]
    knock(tenant, "tsd_aaaaaaaaaaa_" + secret)
    knock(tenant, tenant.token)
    log = tenant.server.log.read_text(errors="replace")
    assert secret not in log and tenant.token.split("_")[-1] not in log
