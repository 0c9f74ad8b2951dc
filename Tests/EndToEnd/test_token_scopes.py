"""Tokens that do less, come only from somewhere, take each other's place, and never leak."""

import dataclasses
import json

import grpc
import pytest
from chromadb.errors import ChromaError, NotFoundError

import packed as grpc_packed
from server import call, wait_until
from tenancy import expect, make_tenant, make_token
from test_tokens import DENIED, knock, name_of


def with_token(tenant, token):
    """The Chroma client of a tenant, with another token."""
    return dataclasses.replace(tenant, token=token).http_client()


def test_a_custom_token_does_what_it_lists(tenant, collection):
    token = make_token(tenant.server, tenant.name, role="", actions=["get_collection", "add"])
    mine = with_token(tenant, token).get_collection("things", embedding_function=None)
    mine.add(ids=["a"], embeddings=[[1.0]])
    for forbidden in (mine.get, mine.count, lambda: mine.upsert(ids=["b"], embeddings=[[1.0]])):
        with pytest.raises(ChromaError):
            forbidden()
    assert collection.count() == 1


def test_a_token_for_some_collections_knows_no_others(tenant, client):
    books = client.create_collection("books", embedding_function=None)
    books.add(ids=["a"], embeddings=[[1.0]])
    client.create_collection("team-a", embedding_function=None)
    token = make_token(tenant.server, tenant.name, role="writer", collections="team-*")
    narrow = with_token(tenant, token)
    assert [each.name for each in narrow.list_collections()] == ["team-a"]
    assert narrow.count_collections() == 1
    with pytest.raises(NotFoundError):
        narrow.get_collection("books", embedding_function=None)
    hidden = tenant.call("GET", tenant.collection_path(books) + "/count", token=token)
    random = tenant.call(
        "GET", "/collections/00000000-0000-4000-8000-000000000000/count", token=token)
    assert hidden[0] == random[0] == 404
    assert hidden[1]["message"].replace(
        str(books.id), "00000000-0000-4000-8000-000000000000") == random[1]["message"]
    for body in ({"name": "books"}, {"name": "books", "get_or_create": True}):
        assert tenant.call("POST", "/collections", body, token=token) == (403, DENIED)
    made = narrow.create_collection("team-b", embedding_function=None)
    with pytest.raises(ChromaError):
        made.modify(name="stolen")
    made.modify(name="team-c")
    fork = tenant.call("POST", tenant.collection_path(made) + "/fork", {"new_name": "x-y"},
                       token=token)
    assert fork == (403, DENIED)
    with pytest.raises(grpc.RpcError) as refused:
        grpc_packed.Client(tenant, token=token).GetCollection(name="books")
    assert refused.value.code() == grpc.StatusCode.NOT_FOUND
    assert books.count() == 1


def test_a_token_comes_from_its_addresses_over_http_and_grpc(tenant):
    forged = {"X-Forwarded-For": "10.0.0.1", "X-Real-IP": "10.0.0.1", "Forwarded": "for=10.0.0.1"}
    url = tenant.server.url + tenant.path + "/collections"
    for ranges, welcome in [(["127.0.0.0/8", "::1/128"], True), (["10.0.0.0/8"], False)]:
        token = make_token(tenant.server, tenant.name, ipAllow=ranges)
        answer = call("GET", url, token=token, headers=forged)
        assert answer == ((200, []) if welcome else (401, DENIED))
        client = grpc_packed.Client(tenant, token=token)
        if welcome:
            assert list(client.ListCollections().collections) == []
        else:
            with pytest.raises(grpc.RpcError) as refused:
                client.ListCollections()
            assert refused.value.code() == grpc.StatusCode.UNAUTHENTICATED


def test_both_tokens_work_in_the_grace_of_a_rotation(tenant):
    old = make_token(tenant.server, tenant.name)
    rotated = expect(tenant.server.admin(
        "POST", f"/v1/{name_of(tenant, old)}:rotate", {"grace": "10s"}))
    new = rotated["secret"]
    assert knock(tenant, old)[0] == knock(tenant, new)[0] == 200
    assert wait_until(lambda: knock(tenant, old) == (401, DENIED), 60)
    assert knock(tenant, new)[0] == 200


def test_the_last_use_of_a_token_is_shown(tenant):
    token = make_token(tenant.server, tenant.name)
    path = f"/v1/{name_of(tenant, token)}"
    assert "last_use_time" not in expect(tenant.server.admin("GET", path))
    knock(tenant, token)
    assert "last_use_time" in expect(tenant.server.admin("GET", path))


def test_last_uses_outlive_the_server(own_server):
    server = own_server().start()
    tenant = make_tenant(server)
    knock(tenant, tenant.token)
    path = f"/v1/{name_of(tenant, tenant.token)}"
    used = expect(server.admin("GET", path))["last_use_time"]
    server.restart()
    assert expect(server.admin("GET", path))["last_use_time"] == used


def test_tokens_from_the_command_line(server):
    server.cli("tenant", "create", "cli-scopes")
    owner = ("--tenant", "cli-scopes")
    made = json.loads(server.cli(
        "token", "create", *owner, "--action", "query", "--action", "get_collection",
        "--collections", "team-*", "--allow-ip", "127.0.0.0/8", "--json").stdout)
    key = made["token"]["name"].split("/")[-1]
    assert made["token"]["role"] == "custom" and made["token"]["collections"] == "team-*"
    rotated = json.loads(server.cli(
        "token", "rotate", key, *owner, "--grace", "1h", "--json").stdout)
    assert rotated["replaced"]["replaced_by"] == rotated["token"]["name"]
    shown = server.cli("token", "introspect", "--token", rotated["secret"]).stdout
    assert "query" in shown and "team-*" in shown
    assert "Revoked 2 tokens" in server.cli("token", "revoke", *owner, "--all").stdout
    gone = server.cli("token", "introspect", "--token", rotated["secret"], check=False)
    assert gone.returncode == 1


def secrets_of(tokens):
    """The private part of each token: 43 characters that must be nowhere."""
    return [token.split("_")[2][:43] for token in tokens]


def test_no_secret_is_in_a_log_an_answer_or_the_data(own_server):
    """Everything is done with tokens that can be, well and badly; then everything is searched."""
    server = own_server().start()
    tenant = make_tenant(server)
    told = []

    def ask(method, path, body=None, token=None):
        """An admin call whose answer may hold one secret: its own."""
        status, answer = server.admin(method, path, body, token=token)
        minted = answer.pop("secret", None) if isinstance(answer, dict) else None
        told.append(json.dumps(answer))
        return status, answer, minted

    tokens = [tenant.token]
    for body in ({"role": "reader"}, {"role": "writer", "collections": "a*"},
                 {"actions": ["add"]}, {"role": "admin", "ipAllow": ["10.0.0.0/8"]}):
        tokens.append(ask("POST", f"/v1/tenants/{tenant.name}/tokens", body)[2])
    tokens.append(ask("POST", f"/v1/{name_of(tenant, tokens[1])}:rotate", {"grace": "60s"})[2])
    tokens.append(ask("POST", "/v1/tokens", {})[2])
    for token in tokens:
        for method, path, body in [
            ("GET", "/v1/tokens:introspect", None), ("GET", f"/v1/{name_of(tenant, token)}", None),
            ("GET", f"/v1/tenants/{tenant.name}/tokens", None), ("POST", "/v1/tenants", {"x": 1}),
        ]:
            ask(method, path, body, token)
        # Whoever puts a token in the wrong place is answered, but it isn't logged.
        server.admin("GET", f"/v1/tenants/{token}", token=token)
        server.admin("POST", "/v1/tenants", {token: token}, token=token)
        call("GET", f"{server.url}/api/v2/tenants/{token}", token=token)
        wrong = token[:-1] + ("a" if token[-1] != "a" else "b")
        for presented in (token, wrong, token + "x"):
            told.append(json.dumps(knock(tenant, presented)))
            with_header = {"Authorization": f"Bearer {presented}"}
            told.append(json.dumps(call(
                "GET", tenant.server.url + "/api/v2/auth/identity", headers=with_header)))
            try:
                grpc_packed.Client(tenant, token=presented).ListCollections()
            except grpc.RpcError as error:
                told.append(f"{error.code()} {error.details()} {error.trailing_metadata()}")
        server.cli("token", "introspect", "--token", wrong, check=False)
    ask("POST", f"/v1/tenants/{tenant.name}/tokens:batchRevoke", {"all": True})
    knock(tenant, tokens[0])
    server.stop()

    answers = "\n".join(told)
    log = server.log.read_bytes()
    kept = [(path, path.read_bytes()) for path in server.data.rglob("*")
            if path.is_file() and path.name != "bootstrap.json"]
    assert len(kept) > 100 and any(b"token_use" in content for _, content in kept)
    for secret in secrets_of(tokens):
        assert secret not in answers
        assert secret.encode() not in log
        assert [path for path, content in kept if secret.encode() in content] == []
