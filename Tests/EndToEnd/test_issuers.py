"""Tokens of an identity provider open what their claims are mapped to, and nothing else."""

import base64
import dataclasses
import hashlib
import hmac
import json
import time
import uuid

import chromadb
import grpc
import jwt
import pytest
from cryptography.hazmat.primitives import serialization

from conftest import finish, new_server
from packed import Client
from provider import KEYS, Provider, unsigned
from server import call
from tenancy import expect, make_tenant

DENIED = {"error": "ChromaError", "message": "Permission denied."}


@pytest.fixture(scope="module")
def installation(request):
    """A server that may read keys from this machine, and a provider that it takes tokens of."""
    server = new_server(request, ISSUERS_ALLOW_INSECURE_URLS="true")
    with Provider().serving() as provider:
        try:
            server.start()
            create(server, "corp", provider, *(f"--algorithm={name}" for name in KEYS))
            yield server, provider
        finally:
            finish(request, server)


@pytest.fixture
def server(installation):
    return installation[0]


@pytest.fixture
def provider(installation):
    return installation[1]


@pytest.fixture
def tenant(server):
    return make_tenant(server)


def create(server, name, provider, *flags):
    """Makes an issuer of the provider, from the command line."""
    server.cli(
        "issuer", "create", name, "--url", provider.url, "--audience", "tessera",
        "--role", "dev=writer", "--role", "lead=admin", "--role", "guest=reader", *flags)


def knock(tenant, token):
    url = tenant.server.url + tenant.path + "/collections"
    return call("GET", url, headers={"Authorization": f"Bearer {token}"})


@pytest.mark.parametrize("algorithm", KEYS)
def test_a_client_works_with_a_providers_token(provider, tenant, algorithm):
    token = provider.token(tenant.name, algorithm)
    client = chromadb.HttpClient(
        **tenant.address, tenant=tenant.name, database=tenant.database,
        headers={"Authorization": f"Bearer {token}"})
    identity = client.get_user_identity()
    assert identity.tenant == tenant.name and identity.databases == [tenant.database]
    assert identity.user_id.startswith("corp/") and "ada" not in identity.user_id
    things = client.create_collection(f"things-{algorithm}", embedding_function=None)
    things.add(ids=["a", "b"], embeddings=[[1.0, 0.0], [0.0, 1.0]])
    assert things.query(query_embeddings=[[1.0, 0.1]], n_results=1)["ids"] == [["a"]]


def test_the_chroma_header_takes_it_too(provider, tenant):
    url = tenant.server.url + tenant.path + "/collections"
    assert call("GET", url, token=provider.token(tenant.name)) == (200, [])


def test_the_grpc_data_service_takes_it(provider, tenant):
    client = Client(dataclasses.replace(tenant, token=provider.token(tenant.name)))
    client.CreateCollection(name="packed")
    forged = Client(dataclasses.replace(tenant, token=provider.token(tenant.name)[:-6] + "AAAAAA"))
    with pytest.raises(grpc.RpcError) as refused:
        forged.ListCollections()
    assert refused.value.code() == grpc.StatusCode.UNAUTHENTICATED


def test_an_access_token_by_rfc_9068_is_taken(provider, tenant):
    token = provider.token(tenant.name, headers={"typ": "at+jwt"})
    assert knock(tenant, token)[0] == 200


@dataclasses.dataclass
class Ahead:
    """A time so many seconds from when it is asked for."""

    seconds: int

    def stamp(self):
        return int(time.time()) + self.seconds


@pytest.mark.parametrize("changes", [
    {"exp": 1}, {"exp": None}, {"aud": "other"}, {"aud": None}, {"iss": "https://evil.example"},
    {"iat": Ahead(1000), "exp": Ahead(1100)}, {"iat": None}, {"nbf": Ahead(10_000)},
    {"exp": Ahead(90_000)}, {"role": "root"},
    {"role": None}, {"tenant": None}, {"tenant": "nobody-has-this"}, {"sub": None},
], ids=str)
def test_wrong_claims_are_refused_alike(provider, tenant, changes):
    claims = {
        name: claim.stamp() if isinstance(claim, Ahead) else claim
        for name, claim in changes.items()}
    token = provider.token(**{"tenant": tenant.name, **claims})
    assert knock(tenant, token) == (401, DENIED)


def test_another_tenant_is_refused_as_with_any_token(provider, server, tenant):
    rival = make_tenant(server)
    assert knock(rival, provider.token(tenant.name)) == (403, DENIED)
    ghost = f"/api/v2/tenants/ghost/databases/{rival.database}/collections"
    headers = {"Authorization": f"Bearer {provider.token(tenant.name)}"}
    assert call("GET", server.url + ghost, headers=headers) == (403, DENIED)


def test_the_role_decides_what_may_be_done(provider, tenant):
    reader = provider.token(tenant.name, role=["staff", "guest"])
    assert knock(tenant, reader)[0] == 200
    made = tenant.call("POST", "/collections", {"name": "not-for-readers"}, token=reader)
    assert made == (403, DENIED)
    admin = provider.token(tenant.name, role="lead")
    assert tenant.server.admin("GET", f"/v1/tenants/{tenant.name}/tokens", token=admin)[0] == 200
    for path in ["/v1/issuers", "/v1/tenants"]:
        assert tenant.server.admin("GET", path, token=admin)[0] == 403


def forgeries(provider, tenant):
    claims = provider.claims(tenant.name)
    rsa = provider.keys["RS256"].public_key()
    pem = rsa.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    good = provider.token(tenant.name)
    header, payload, signature = good.split(".")
    stranger = Provider(["ES256"]).keys["ES256"]
    confused = unsigned({"alg": "HS256", "kid": "key-RS256"}, claims).rsplit(".", 1)[0]
    mac = hmac.new(pem, confused.encode(), hashlib.sha256).digest()
    yield "none", unsigned({"alg": "none"}, claims)
    yield "none, with the key's id", unsigned({"alg": "none", "kid": "key-ES256"}, claims, b"x")
    yield "HMAC with the public key", confused + "." + base64.urlsafe_b64encode(mac).decode()[:-1]
    yield "no signature", f"{header}.{payload}."
    yield "cut signature", f"{header}.{payload}.{signature[:-4]}"
    yield "another's payload", ".".join(
        [header, provider.token(tenant.name, sub="eve").split(".")[1], signature])
    yield "another's key", jwt.encode(claims, stranger, "ES256", {"kid": "key-ES256"})
    yield "unknown key", jwt.encode(claims, stranger, "ES256", {"kid": "../../etc/passwd"})
    yield "key in the header", jwt.encode(claims, stranger, "ES256", {
        "kid": "key-ES256", "jwk": json.loads(jwt.algorithms.ECAlgorithm.to_jwk(
            stranger.public_key()))})
    yield "crit", provider.token(tenant.name, headers={"crit": ["exp"]})
    yield "other type", provider.token(tenant.name, headers={"typ": "logout+jwt"})
    yield "too long", provider.token(tenant.name, pad="x" * 9000)


def test_forgeries_are_refused_alike(provider, tenant):
    for what, token in forgeries(provider, tenant):
        assert knock(tenant, token) == (401, DENIED), what


def test_denials_hold_at_once_and_can_be_taken_back(server, provider, tenant):
    first, second = (
        provider.token(tenant.name, sub=f"denied-{uuid.uuid4()}", jti=str(uuid.uuid4()))
        for _ in range(2))
    assert knock(tenant, first)[0] == knock(tenant, second)[0] == 200
    subject = jwt.decode(first, options={"verify_signature": False})["sub"]
    token_id = jwt.decode(second, options={"verify_signature": False})["jti"]

    server.cli("issuer", "deny", "corp", "--token-id", token_id)
    assert knock(tenant, second) == (401, DENIED) and knock(tenant, first)[0] == 200
    made = json.loads(
        server.cli("issuer", "deny", "corp", "--subject", subject, "--json").stdout)
    assert knock(tenant, first) == (401, DENIED)
    assert knock(tenant, provider.token(tenant.name, sub=subject)) == (401, DENIED)
    assert subject in server.cli("issuer", "denials", "corp").stdout

    server.cli("issuer", "allow", "corp", made["name"].split("/")[-1])
    assert knock(tenant, first)[0] == 200 and knock(tenant, second) == (401, DENIED)


def test_an_issuer_speaks_for_its_tenants_and_databases_only(server, tenant):
    rival = make_tenant(server)
    with Provider(["ES256"]).serving() as provider:
        create(server, "narrow", provider, "--keys-url", provider.url + "/keys",
               "--only-tenant", tenant.name, "--databases-claim", "dbs")
        assert knock(tenant, provider.token(tenant.name, dbs=[tenant.database]))[0] == 200
        assert knock(tenant, provider.token(tenant.name)) == (401, DENIED)
        elsewhere = provider.token(tenant.name, dbs=["other"])
        assert tenant.call("GET", "", token=elsewhere)[0] == 404
        assert knock(rival, provider.token(rival.name, dbs=["main-db"])) == (401, DENIED)
        token = provider.token(tenant.name, dbs=[tenant.database])
        server.cli("issuer", "replace", "narrow", "--audience", "elsewhere", "--role", "dev=writer")
        assert knock(tenant, token) == (401, DENIED)
        assert knock(tenant, provider.token(tenant.name, aud="elsewhere"))[0] == 200
        server.cli("issuer", "delete", "narrow")
        assert knock(tenant, token) == (401, DENIED)


def test_a_shared_secret_is_taken_from_a_file_of_the_server_only(server, tenant):
    secret = b"0123456789abcdef0123456789abcdef"
    key = {"kty": "oct", "alg": "HS256", "k": base64.urlsafe_b64encode(secret).decode()[:-1]}
    folder = server.data / "issuer-keys"
    folder.mkdir(mode=0o700, exist_ok=True)
    (folder / "local.json").write_text(json.dumps({"keys": [key]}))
    issuer = {
        "url": "local", "audiences": ["tessera"], "algorithms": ["HS256"],
        "tenant": tenant.name, "roles": [{"value": "dev", "role": "writer"}]}
    request = {"issuerId": "local", "issuer": issuer}
    assert server.admin("POST", "/v1/issuers", request)[0] == 400
    issuer["keysFile"] = "local.json"
    expect(server.admin("POST", "/v1/issuers", request))
    now = int(time.time())
    claims = {"iss": "local", "sub": "me", "aud": "tessera", "iat": now, "exp": now + 60,
              "role": "dev"}
    assert knock(tenant, jwt.encode(claims, secret, "HS256"))[0] == 200
    assert knock(tenant, jwt.encode(claims, secret[::-1], "HS256")) == (401, DENIED)


def test_a_provider_that_is_down_is_no_refusal_and_no_admission(server, tenant):
    with Provider(["ES256"]).serving() as gone:
        pass
    create(server, "gone", gone)
    assert knock(tenant, gone.token(tenant.name))[0] == 503
    server.cli("issuer", "delete", "gone")


def test_what_makes_no_sense_is_refused(server):
    done = server.cli(
        "issuer", "create", "bad", "--url", "https://id.example", "--audience", "a",
        "--role", "ops=operator", check=False)
    assert done.returncode == 1 and "allow_operator" in done.stderr
    assert "corp" in server.cli("issuer", "list").stdout


def test_no_token_and_no_subject_is_in_the_log(server, provider, tenant):
    token = provider.token(tenant.name, sub="secret-person", aud="other")
    assert knock(tenant, token)[0] == 401
    url = server.endpoints["admin_http"] + f"/v1/tenants/{tenant.name}"
    assert call("DELETE", url, token=provider.token(tenant.name, sub="secret-person"))[0] == 403
    log = server.log.read_text()
    assert '"refusal":"wrongAudience"' in log
    assert "eyJ" not in log and "secret-person" not in log
    assert '"corp/' in log
