"""No tenant reaches another: every route, every way to name what is foreign.

A foreign thing must answer exactly as one that does not exist, and nothing may change.
"""

import uuid

import pytest

from server import call
from tenancy import make_tenant

DATABASE = "/api/v2/tenants/{tenant}/databases/{database}"
COLLECTION = DATABASE + "/collections/{id}"
RECORD = {"ids": ["planted"], "embeddings": [[6.0, 6.0]]}

# Every route of the data plane that names a tenant: (method, path, body).
ROUTES = [
    ("GET", "/api/v2/tenants/{tenant}", None),
    ("PATCH", "/api/v2/tenants/{tenant}", {"resource_name": "planted"}),
    ("GET", "/api/v2/tenants/{tenant}/databases", None),
    ("POST", "/api/v2/tenants/{tenant}/databases", {"name": "planted-db"}),
    ("GET", DATABASE, None),
    ("DELETE", DATABASE, None),
    ("GET", DATABASE + "/collections", None),
    ("POST", DATABASE + "/collections", {"name": "planted"}),
    ("POST", DATABASE + "/collections", {"name": "{name}", "get_or_create": True}),
    ("GET", DATABASE + "/collections_count", None),
    ("GET", DATABASE + "/collections/{name}", None),
    ("DELETE", DATABASE + "/collections/{name}", None),
    ("GET", DATABASE + "/collections/by-id/{id}", None),
    ("PUT", COLLECTION, {"new_name": "planted"}),
    ("POST", COLLECTION + "/add", RECORD),
    ("POST", COLLECTION + "/upsert", RECORD),
    ("POST", COLLECTION + "/update", {"ids": ["a"], "documents": ["planted"]}),
    ("POST", COLLECTION + "/delete", {"ids": ["a"]}),
    ("POST", COLLECTION + "/get", {}),
    ("POST", COLLECTION + "/query", {"query_embeddings": [[1.0, 0.0]]}),
    ("GET", COLLECTION + "/count", None),
]
BY_ID = [route for route in ROUTES if "{id}" in route[1]]
BY_NAME = [route for route in ROUTES if "{name}" in route[1]]


def label(route):
    return f"{route[0]} {route[1].replace('/api/v2/tenants/', '')}"


class Victim:
    """A tenant with data, and what it looks like while nobody interferes."""

    def __init__(self, server):
        self.tenant = make_tenant(server, "victim")
        self.client = self.tenant.cloud_client()
        self.collection = self.client.create_collection("secret-things", embedding_function=None)
        self.collection.add(ids=["a"], embeddings=[[1.0, 2.0]], documents=["secret"])
        self.before = self.state()

    def state(self):
        found = self.collection.get(include=["documents", "metadatas", "embeddings"])
        return (
            [(each.id, each.name) for each in self.client.list_collections()],
            found["ids"], found["documents"], found["embeddings"].tolist(),
            self.tenant.call("GET", ""),
        )


@pytest.fixture(scope="module")
def victim(shared):
    return Victim(shared)


@pytest.fixture(scope="module")
def stranger(shared):
    return make_tenant(shared, "stranger")


def ask(route, token, server, **names):
    method, path, body = route
    if body is not None:
        body = {key: value.format(**names) if isinstance(value, str) else value
                for key, value in body.items()}
    return call(method, server.url + path.format(**names), body, token)


def names_of(tenant, collection_id, name):
    return {"tenant": tenant.name, "database": tenant.database, "id": collection_id, "name": name}


@pytest.mark.parametrize("route", ROUTES, ids=label)
def test_a_token_of_another_tenant_gets_one_answer_everywhere(shared, victim, stranger, route):
    real = names_of(victim.tenant, victim.collection.id, "secret-things")
    made_up = {"tenant": "no-such-tenant", "database": "no-such-db", "id": uuid.uuid4(),
               "name": "no-such-thing"}
    expected = (403, {"error": "ChromaError", "message": "Permission denied."})
    assert ask(route, stranger.token, shared, **real) == expected
    assert ask(route, stranger.token, shared, **made_up) == expected
    assert victim.state() == victim.before


@pytest.mark.parametrize("token", [None, "", "wrong", "tsd_aaaaaaaaaaa_" + "a" * 49])
@pytest.mark.parametrize("route", ROUTES, ids=label)
def test_without_a_right_token_every_route_answers_the_same(shared, victim, route, token):
    real = names_of(victim.tenant, victim.collection.id, "secret-things")
    status, body = ask(route, token, shared, **real)
    assert (status, body) == (401, {"error": "ChromaError", "message": "Permission denied."})
    assert victim.state() == victim.before


@pytest.mark.parametrize("route", BY_ID, ids=label)
def test_a_foreign_id_under_ones_own_path_is_as_one_that_does_not_exist(
        shared, victim, stranger, route):
    foreign, random = str(victim.collection.id), str(uuid.uuid4())
    got = ask(route, stranger.token, shared, **names_of(stranger, foreign, "x"))
    expected = ask(route, stranger.token, shared, **names_of(stranger, random, "x"))
    assert got[0] == expected[0] == 404
    assert str(got[1]).replace(foreign, random) == str(expected[1])
    assert victim.state() == victim.before


@pytest.mark.parametrize("route", BY_NAME, ids=label)
def test_a_foreign_name_under_ones_own_path_is_not_there(shared, victim, stranger, route):
    status, _ = ask(route, stranger.token, shared, **names_of(stranger, "x", "secret-things"))
    assert status == 404
    assert victim.state() == victim.before


@pytest.mark.parametrize("route", BY_ID, ids=label)
def test_an_id_of_another_database_of_ones_own_is_not_there(shared, victim, route):
    tenant = victim.tenant
    call("POST", f"{shared.url}/api/v2/tenants/{tenant.name}/databases", {"name": "empty-db"},
         tenant.token)
    names = dict(names_of(tenant, victim.collection.id, "x"), database="empty-db")
    assert ask(route, tenant.token, shared, **names)[0] == 404
    assert victim.state() == victim.before


def test_equal_names_in_two_tenants_are_two_collections(shared, victim, stranger):
    client = stranger.cloud_client()
    twin = client.create_collection("secret-things", embedding_function=None)
    assert twin.id != victim.collection.id and twin.count() == 0
    client.delete_collection("secret-things")
    assert victim.state() == victim.before


def test_an_admin_of_one_tenant_administers_only_that(shared, victim, stranger):
    missing = shared.admin("GET", "/v1/tenants/no-such-tenant/tokens", token=stranger.token)
    for method, path, body in [
        ("GET", "/v1/tenants/{}/tokens", None),
        ("POST", "/v1/tenants/{}/tokens", {"role": "admin"}),
        ("GET", "/v1/tenants/{}/databases", None), ("GET", "/v1/tenants/{}", None),
        ("DELETE", "/v1/tenants/{}", None), ("DELETE", "/v1/tenants/{}/databases/main-db", None),
    ]:
        status, _ = shared.admin(
            method, path.format(victim.tenant.name), body, token=stranger.token)
        assert status == missing[0] and status in (403, 404), (method, path, status)
    for method, path, body in [("GET", "/v1/tenants", None), ("GET", "/v1/tokens", None),
                               ("POST", "/v1/tokens", {"role": "operator"}),
                               ("POST", "/v1/tenants", {"tenantId": "planted"})]:
        assert shared.admin(method, path, body, token=stranger.token)[0] == 403, (method, path)
    assert victim.state() == victim.before
