"""Everything is done with marked secrets and records, well and badly; then everything that
leaves the server, or that it keeps beside the records, is searched for the marks."""

import base64
import contextlib
import json
import signal
import struct
import subprocess
import time
import urllib.parse
import urllib.request

import grpc
import jwt
import pytest

import packed as grpc_packed
from billing import Receiver
from canaries import Canaries
from otlp_receiver import HTTPReceiver
from provider import Provider, unsigned
from server import Server, call, wait_until
from tenancy import make_tenant
from test_migrations import Lender, lender  # noqa: F401: a fixture
from test_tokens import name_of

# What an export may be written in.
FORMATS = ("csv", "jsonl", "cloudevents", "focus-1.2")
SLOW_ROWS = 3000


class CrashingServer(Server):
    """One whose runtime reports crashes as it does by itself."""

    def environment(self):
        clean = super().environment()
        del clean["SWIFT_BACKTRACE"]
        return clean


class Run:
    """A server with secrets of every kind, and what it answered."""

    def __init__(self, binary, root, lender, otlp):
        self.canaries = Canaries()
        self.errors, self.answers = [], []
        self.lender, self.owner = lender, lender.role()
        self.database = lender.database(self.owner)
        password = self.canaries.secret("PostgreSQL's password", "canaryPassword4711xyz")
        certificates = root / "certificates"
        subprocess.run([binary, "certs", "init", "--out", str(certificates)], check=True,
                       stdout=subprocess.DEVNULL)
        for each in certificates.glob("*-key.pem"):
            self.canaries.pem(each.name, each)
        header = self.canaries.secret("OTLP's credential", "canaryOtlpCredential0815")
        self.server = CrashingServer(binary, root, {
            "DATABASE_URL": lender.url(self.database, self.owner) + f"&password={password}",
            "EDGE_CA_FILE": certificates / "ca.pem",
            "EDGE_CERTIFICATE_FILE": certificates / "control.pem",
            "EDGE_PRIVATE_KEY_FILE": certificates / "control-key.pem", "EDGE_PORT": 0,
            "ISSUERS_ALLOW_INSECURE_URLS": "true", "WEBHOOKS_ALLOW_INTERNAL_ADDRESSES": "true",
            "ENGINE_SLOW_QUERY_MILLISECONDS": 1, "LOG_LEVEL": "debug",
            "OTEL_EXPORTER_OTLP_ENDPOINT": otlp.url, "OTEL_METRIC_EXPORT_INTERVAL": 300,
            "OTEL_EXPORTER_OTLP_HEADERS": f"authorization={header}",
        }).start()
        data = self.server.data
        self.canaries.key_file("the pepper", data / "pepper")
        self.canaries.key_file("the receipts' key", data / "receipt-key")
        bootstrap = self.server.bootstrap
        self.canaries.token("the first operator's token", bootstrap["admin_token"])
        self.canaries.token("the first tenant's token", bootstrap["token"])
        self.tenant = make_tenant(self.server)
        self.canaries.token("a tenant's token", self.tenant.token)
        # The first start prints a token, once and on purpose.
        self.banner_bytes = len(self.server.log.read_bytes())

    # Asking

    def heard(self, status, answer, minted=None):
        text = json.dumps(answer)
        for secret in minted or ():
            text = text.replace(json.dumps(secret), "")
        (self.errors if status >= 400 else self.answers).append(text)
        return status, answer

    def ask(self, method, path, body=None, token=None, headers=None):
        return self.heard(*call(method, self.server.url + path, body,
                                token or self.tenant.token, headers))

    def data(self, method, path, body=None):
        return self.ask(method, self.tenant.path + path, body)

    def admin(self, method, path, body=None, token=None):
        """An answer may hold the one secret that it makes known."""
        status, answer = self.server.admin(method, path, body, token)
        fields = answer if isinstance(answer, dict) else {}
        minted = [fields[name] for name in ("secret", "webhook_secret") if name in fields]
        return self.heard(status, answer, minted)

    def command(self, *arguments):
        done = self.server.cli(*arguments, check=False)
        self.errors.append(done.stdout + done.stderr)

    # Searching

    def look_everywhere(self, otlp):
        """All sinks of a stopped server."""
        look = self.canaries.look
        # The caller may be told which of their own words is wrong.
        look("an error", "\n".join(self.errors), content=False)
        look("an answer", "\n".join(self.answers), content=False)
        look("standard output", self.server.log.read_bytes()[self.banner_bytes:])
        look("OTLP", otlp.everything())
        dump = subprocess.run(
            ["pg_dump", "-h", self.lender.sockets, "-U", "tessera", "-d", self.database],
            check=True, capture_output=True, timeout=60).stdout
        assert b"COPY audit.event" in dump and b"COPY acl.token" in dump
        look("PostgreSQL", dump)
        own = {"bootstrap.json", "pepper", "receipt-key"}
        folders = {"issuer-keys"}
        for path in self.server.data.rglob("*"):
            parts = path.relative_to(self.server.data).parts
            if path.is_file() and parts[0] not in own | folders:
                look("/".join(parts), path.read_bytes(), content=parts[0] != "tenants")


@pytest.fixture
def otlp():
    with HTTPReceiver() as receiver:
        yield receiver


@pytest.fixture
def run(request, own_server, lender, otlp):  # noqa: F811
    blank = own_server()
    made = Run(blank.binary, blank.root, lender, otlp)
    request.node.servers.append(made.server)
    yield made
    made.server.kill()


def use_records(run):
    """Records with marked content: written, found, refused."""
    mark = run.canaries
    document = mark.text("a document", "canary-document-mauve-otter")
    value = mark.text("a metadata value", "canary-value-teal-heron")
    identity = mark.text("a record's id", "canary-id-ochre-lynx")
    uri = mark.text("a uri", "canary-uri-umber-stoat")
    vector = mark.vector("an embedding", [0.73205081, 0.41421356, 0.23606798])
    asked = mark.vector("a query", [0.64575131, 0.16227766, 0.31662479])
    expression = mark.text("a regular expression", "canary-regex-.*-amber")
    made = run.data("POST", "/collections", {"name": "things"})[1]
    path = f"/collections/{made['id']}"
    good = {"ids": [identity], "embeddings": [vector], "documents": [document],
            "metadatas": [{"key": value}], "uris": [uri]}
    assert run.data("POST", path + "/add", good)[0] == 201
    query = {"query_embeddings": [asked], "n_results": 1, "where": {"key": value},
             "where_document": {"$contains": document}}
    status, answer = run.data("POST", path + "/query", query)
    assert status == 200 and answer["ids"] == [[identity]]
    for verb, body in bad_bodies(good, query, expression).items():
        for each in body:
            run.data("POST", f"{path}/{verb}", each)
    use_grpc(run, made["id"], good)
    use_slowly(run, document, asked)


def bad_bodies(good, query, expression):
    whole = json.dumps(good).encode()
    return {
        "add": [
            {**good, "embeddings": [good["embeddings"][0] * 2]}, {**good, "ids": []},
            {**good, "documents": [17, good["documents"][0]]},
            {**good, "metadatas": [{"key": {"nested": good["documents"][0]}}]},
            {**good, good["documents"][0]: 1}, {**good, "ids": good["ids"] * 2,
                                                "embeddings": good["embeddings"] * 2},
            {**good, "embeddings": "".join(map(str, good["embeddings"][0]))},
            whole[:-3], whole + b"}", whole.replace(b"canary-d", b"\xff\xfecanary-d"),
        ],
        "upsert": [{**good, "embeddings": [base64.b64encode(b"odd bytes").decode()]}],
        "query": [
            {**query, "where": {"key": {"$canary": good["metadatas"][0]["key"]}}},
            {**query, "where_document": {"$regex": expression + "("}},
            {**query, "where_document": {"$regex": expression}},
            {**query, "query_embeddings": [query["query_embeddings"][0] * 3]},
        ],
        "get": [{"ids": good["ids"], "include": [good["documents"][0]]},
                {"where": {"$and": good["documents"]}}],
        "delete": [{"ids": 17, "where": good["documents"][0]}],
    }


def use_grpc(run, collection, good):
    client = grpc_packed.Client(run.tenant)
    client.WriteRecords(collection_id=collection, operation="ADD", records=client.records(
        {"id": good["ids"][0] + "-2", "document": good["documents"][0]},
        embeddings=good["embeddings"]))
    for fields in ({"id": good["ids"][0]}, {"id": ""}):
        with contextlib.suppress(grpc.RpcError):
            client.WriteRecords(collection_id=collection, operation="ADD", records=client.records(
                {**fields, "document": good["documents"][0]}, embeddings=[[1.0]]))


def use_slowly(run, document, asked):
    """Searches that take longer than what is logged."""
    things = run.tenant.http_client().create_collection("many", embedding_function=None)
    things.add(
        ids=[str(n) for n in range(SLOW_ROWS)], documents=[document] * SLOW_ROWS,
        embeddings=[[float(n % 97), float(n % 89), 1.0] * 40 for n in range(SLOW_ROWS)])

    def slow():
        things.query(query_embeddings=[asked * 40] * 30, where_document={"$contains": document})
        return "slow search" in run.server.log.read_text()

    assert wait_until(slow, 30)


def use_tokens(run):
    """Tokens of ours made in every way, and put where they don't belong."""
    mark, tenant = run.canaries, run.tenant
    parent = f"/v1/tenants/{tenant.name}/tokens"
    made = [run.admin("POST", parent, body)[1]["secret"] for body in (
        {"role": "reader"}, {"actions": ["add"]}, {"role": "admin", "ipAllow": ["10.0.0.0/8"]})]
    made.append(run.admin("POST", f"/v1/{name_of(tenant, made[0])}:rotate",
                          {"grace": "60s"})[1]["secret"])
    made.append(run.admin("POST", "/v1/tokens", {})[1]["secret"])
    for number, token in enumerate(made):
        mark.token(f"token {number}", token)
        quoted = urllib.parse.quote(token)
        wrong = token[:-1] + ("a" if token[-1] != "a" else "b")
        for presented in (token, wrong, token + "x", f"\x01{token}".strip("\x01")):
            run.ask("GET", tenant.path + "/collections", token=presented)
            run.ask("GET", "/api/v2/auth/identity", token="none",
                    headers={"authorization": f"Bearer {presented}"})
            with contextlib.suppress(grpc.RpcError):
                grpc_packed.Client(tenant, token=presented).ListCollections()
        # In the log and the audit log even what a caller puts in the wrong place is blotted out.
        ignored = [
            ("GET", f"/v1/tenants/{token}", None), ("GET", f"/v1/tenants?pageToken={token}", None),
            ("POST", "/v1/tenants", {token: 1}), ("POST", "/v1/tenants", {"tenantId": token}),
            ("POST", f"/v1/tenants/{token}:suspend", {"reason": token}),
            ("DELETE", f"/v1/tenants/{tenant.name}/tokens/{token}", None)]
        for method, path, body in ignored:
            run.server.admin(method, path, body)
        call("GET", f"{run.server.url}/api/v2/tenants/{token}?key={quoted}", token=token)
        call("GET", f"{run.server.url}/{token}", headers={"x-request-id": token})
        run.command("token", "introspect", "--token", wrong)
    run.admin("POST", f"{parent}:batchRevoke", {"names": [name_of(tenant, made[1])]})


def use_issuers(run, provider):
    """Good and bad tokens of a provider, and a secret of HS256."""
    mark, tenant = run.canaries, run.tenant
    for name, role in (("corp", "dev"),):
        run.command("issuer", "create", name, "--url", provider.url, "--audience", "tessera",
                    "--role", f"{role}=writer", "--algorithm", "ES256")
    secret = b"canaryHmacSecret0123456789abcdef"
    mark.secret("the secret of HS256", secret)
    folder = run.server.data / "issuer-keys"
    folder.mkdir(mode=0o700, exist_ok=True)
    key = {"kty": "oct", "alg": "HS256", "k": base64.urlsafe_b64encode(secret).decode().rstrip("=")}
    (folder / "local.json").write_text(json.dumps({"keys": [key]}))
    (folder / "broken.json").write_text(json.dumps({"keys": [key]})[:-2])
    for file in ("local.json", "broken.json"):
        run.admin("POST", "/v1/issuers", {"issuerId": file.split(".")[0], "issuer": {
            "url": file, "audiences": ["tessera"], "algorithms": ["HS256"],
            "tenant": tenant.name, "keysFile": file,
            "roles": [{"value": "dev", "role": "writer"}]}})
    claims = {"iss": "local.json", "sub": "me", "aud": "tessera", "role": "dev",
              "iat": int(time.time()), "exp": int(time.time()) + 60}
    subject = mark.secret("a subject", "canary-subject-puce-ibis@corp.example")
    tokens = {
        "good": provider.token(tenant.name, sub=subject), "shared": jwt.encode(claims, secret),
        "foreign": provider.token(tenant.name, aud="other", sub=subject),
        "old": provider.token(tenant.name, exp=1, sub=subject),
        "none": unsigned({"alg": "none"}, provider.claims(tenant.name, sub=subject), b"s" * 20),
        "broken issuer": jwt.encode({**claims, "iss": "broken.json"}, secret)}
    for name, token in tokens.items():
        mark.jwt(f"the JWT {name}", token)
        status, _ = run.ask("GET", tenant.path + "/collections", token=token)
        assert (status == 200) == (name in ("good", "shared")), name
        run.admin("GET", f"/v1/tenants/{tenant.name}", token=token)
        run.admin("DELETE", f"/v1/tenants/{tenant.name}", token=token)


def use_webhooks(run):
    """A budget whose webhook fails first. Its URL is a secret of the receiver's, but its budget
    is where it is kept and shown."""
    with Receiver().serving() as receiver:
        receiver.statuses = [500, 302]
        path = f"/v1/tenants/{run.tenant.name}/budgets"
        made = run.admin("POST", path, {
            "budgetId": "bytes", "meter": "written_bytes", "amount": "1", "thresholds": [50],
            "webhookUrl": receiver.url + "/canary-hook-of-a-chat"})[1]
        run.canaries.secret("a webhook's secret", made["webhook_secret"])
        assert wait_until(lambda: len(receiver.calls) == 3, 60), receiver.calls
        run.admin("GET", path)


def use_exports(run):
    """Everything that is shown of usage, and the pages for machines and people."""
    server = run.server
    for format in FORMATS:
        run.answers.append(page(
            server, f"/v1/tenants/{run.tenant.name}/usage:export?format={format}"
            "&include_open=true&period=" + time.strftime("%Y-%m", time.gmtime())))
    pages = [page(server, "/metrics"), page(server, "/openapi.json")]
    for path in ("/v1/auditEvents?pageSize=1000", "/v1/tokens", "/v1/issuers", "/v1/tenants",
                 f"/v1/tenants/{run.tenant.name}/tokens", f"/v1/tenants/{run.tenant.name}/quotas",
                 f"/v1/tenants/{run.tenant.name}/usage"):
        pages.append(page(server, path))
    assert "tokens.create" in pages[2] or "CreateToken" in pages[2]
    run.canaries.look("the admin API", "\n".join(pages))
    for arguments in (("audit", "list"), ("tenant", "list"), ("issuer", "list")):
        run.command(*arguments)


def page(server, path):
    request = urllib.request.Request(server.endpoints["admin_http"] + path)
    request.add_header("authorization", f"Bearer {server.admin_token}")
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.read().decode()


def end_badly(run):
    """A crash of the process, and a start that can't reach its PostgreSQL."""
    # The first signal makes the report; the process goes on, for nothing is wrong with it.
    run.server.process.send_signal(signal.SIGABRT)
    assert wait_until(lambda: b"Backtrace took" in run.server.log.read_bytes(), 300)
    run.server.process.send_signal(signal.SIGABRT)
    assert run.server.process.wait(60) == -signal.SIGABRT
    run.server.process = None
    report = run.server.log.read_bytes().split(b"Crash:")[-1]
    assert b"rsp 0x" not in report and b"tessera" in report
    good = run.server.settings["DATABASE_URL"]
    for wrong in (good.replace("/tessera-", "/nowhere-").replace("host=", "host=/nowhere"),
                  good.replace("&user=", "&nonsense=1&user=")):
        run.server.settings["DATABASE_URL"] = wrong
        done = subprocess.run(run.server.command(), env=run.server.environment(),
                              capture_output=True, timeout=120)
        assert done.returncode != 0
        run.canaries.look("a start that fails", done.stdout + done.stderr)
    run.server.settings["DATABASE_URL"] = good


def test_no_canary_is_where_it_may_not_be(run, otlp):
    with Provider(("ES256",)).serving() as provider:
        use_records(run)
        use_tokens(run)
        use_issuers(run, provider)
        use_webhooks(run)
        use_exports(run)
        end_badly(run)
        run.server.start()
        use_exports(run)
        assert run.server.stop() == 0
    run.look_everywhere(otlp)
    assert not run.canaries.found, "\n".join(sorted(set(run.canaries.found)))


def test_a_canary_is_found_however_it_is_written():
    secret, values = b"canary-of-this-test/+", [0.5123456, 0.25987654]
    packed = bytes(struct.pack("<2f", *values))
    for text in (
            secret, secret.hex().upper().encode(), base64.b64encode(b"ab" + secret + b"c"),
            base64.urlsafe_b64encode(b"a" + secret + b"cd"),
            urllib.parse.quote(secret, safe="").encode(), json.dumps(secret.decode()).encode(),
            b"[0.5123456,1]", packed, base64.b64encode(b"x" + packed + b"y")):
        canaries = Canaries()
        canaries.secret("secret", secret)
        canaries.vector("vector", values)
        canaries.look("text", b"some " + text + b" other")
        assert len(canaries.found) == 1, text
    canaries.found.clear()
    canaries.look("text", b"nothing to be seen" * 20)
    assert not canaries.found
