"""The isolation matrix: who asks (Callers), for what (Operation), by which names (Names).

Operations come from the two /openapi.json that the server makes of its route tables, so a new
route is in the matrix without further ado; one that takes a body has to say here which. The methods
of gRPC are `rpc_matrix.py`'s.
"""

import dataclasses
import http.client
import json
import re
import time
import urllib.parse
import uuid

from rpc_matrix import RPCAsker, RPCOperation, rpc_operations
from server import call
from tenancy import expect, make_tenant, make_token

RECORD = {"ids": ["planted"], "embeddings": [[6.0, 6.0]]}

# The body of each operation that takes one: it would be done, if the caller might.
BODIES = {
    "create_tenant": {"name": "planted-tenant"},
    "update_tenant": {"resource_name": "planted"},
    "create_database": {"name": "planted-db"},
    "create_collection": {"name": "planted"},
    "update_collection": {"new_name": "planted"},
    "add": RECORD, "upsert": RECORD, "update": {"ids": ["a"], "documents": ["planted"]},
    "delete": {"ids": ["a"]}, "get": {}, "query": {"query_embeddings": [[1.0, 0.0]]},
    "fork_collection": {"new_name": "planted-fork"},
    "conditional_get": {"ids": ["a"]},
    "conditional_commit": {"operations": [], "read_token": 0},
    "RestoreBackup": {"directory": "/nowhere", "tenantId": "planted-tenant"},
    "CreateIssuer": {"issuerId": "planted"}, "ReplaceIssuer": {}, "CreateDenial": {},
    "CreateTenant": {"tenantId": "planted-tenant"},
    "UpdateTenant": {"displayName": "planted", "updateMask": "displayName"},
    "CreateBackup": {}, "CreateDatabase": {"databaseId": "planted-db"},
    "CreateQuotaOverride": {"usageType": "NUM_COLLECTIONS", "limit": "1", "reason": "planted"},
    "TestPermissions": {"permissions": ["add", "tokens.create"]},
    "CreateToken": {"role": "admin", "displayName": "planted"},
    "RevokeToken": {}, "RotateToken": {}, "BatchRevokeTokens": {"all": True},
    "ChangeTenantPlan": {"plan": "chroma-cloud"}, "PurgeTenant": {}, "ResumeTenant": {},
    "SuspendTenant": {"reason": "planted"}, "UndeleteTenant": {},
    "CreatePriceBook": {}, "CreateUsageExport": {},
    "CreateBudget": {"budgetId": "planted", "amount": "1"},
}
# An issuer that is there; as long as those that are not.
ISSUER = "corp-provider"
# What nobody has, and a month that everybody has.
UNREAL = {"budget": "nobodys-budget", "usageExport": "nobodys-export", "priceBook": "no-book",
          "usageReceipt": "2025-01"}
# What an operator does to tenants by their names, so that the answer says whether they are there.
OPERATORS_OWN = {"get_tenant", "update_tenant", "create_database", "get_database",
                 "delete_database", "list_databases"}
# Headers that differ from one answer to the next.
CHANGING = {"date", "x-request-id", "chroma-trace-id"}


@dataclasses.dataclass(frozen=True)
class Operation:
    port: str
    verb: str
    path: str
    id: str
    right: str
    has_body: bool

    @property
    def label(self):
        return f"{self.verb} {self.path}"

    @property
    def parameters(self):
        return re.findall(r"{(\w+)}", self.path)

    @property
    def body(self):
        """Raises KeyError for a new operation: give it a body above."""
        return BODIES[self.id.split("_2")[0]] if self.has_body else None


def operations(server):
    http = list(http_operations(server))
    return http + list(rpc_operations(server, http))


def http_operations(server):
    for port in ("http", "admin_http"):
        status, document = call("GET", server.endpoints[port] + "/openapi.json")
        assert status == 200
        for path, item in document["paths"].items():
            for verb, each in item.items():
                if each["security"]:
                    yield Operation(
                        port, verb.upper(), path, each["operationId"],
                        each.get("x-action") or each.get("x-permission") or "",
                        "requestBody" in each)


class Names:
    """What stands for the parameters of paths: all texts of the same length in all of them."""

    def __init__(self, **names):
        self.names = names

    def fill(self, path):
        return re.sub(
            r"{(\w+)}", lambda match: urllib.parse.quote(self.names[match.group(1)], safe=""),
            path)

    def stand_in(self, text):
        """The text with the names as they are, as messages of gRPC have them."""
        return re.sub(r"{(\w+)}", lambda match: self.names[match.group(1)], text)

    def but(self, **names):
        return Names(**{**self.names, **names})

    def forget(self, text):
        """The text, with a placeholder for each name that stands in it."""
        for parameter, name in sorted(self.names.items(), key=lambda each: -len(each[1])):
            text = text.replace(name, f"<{parameter}>")
        return text


def random_names():
    unique = uuid.uuid4().hex
    return Names(
        tenant=f"unreal-{unique[:12]}", database=f"unreal-{unique[12:20]}",
        collection_id=str(uuid.uuid4()), collection_name=f"unreal-{unique[20:28]}",
        crn=f"unreal-{unique[:8]}:unreal-{unique[12:20]}:unreal-{unique[20:28]}",
        token=unique[:11], issuer=f"unreal-{unique[:6]}", denial=str(uuid.uuid4()),
        quotaOverride="unreal_usage_type", **UNREAL)


class World:
    """A tenant with one of everything, whose names are as long as those of `random_names`."""

    def __init__(self, server, word):
        unique = uuid.uuid4().hex
        self.server = server
        tenant = f"{word}-{unique[:12]}"
        database, collection = f"{word}-{unique[12:20]}", f"{word}-{unique[20:28]}"
        expect(server.admin("POST", "/v1/tenants", {"tenantId": tenant}))
        expect(server.admin("POST", f"/v1/tenants/{tenant}/databases", {"databaseId": database}))
        self.token = make_token(server, tenant)
        base = f"{server.url}/api/v2/tenants/{tenant}"
        expect(call("PATCH", base, {"resource_name": f"{word}-{unique[:8]}"}, self.token))
        made = expect(call(
            "POST", f"{base}/databases/{database}/collections", {"name": collection}, self.token))
        self.records = f"{base}/databases/{database}/collections/{made['id']}"
        expect(call("POST", self.records + "/add", {
            "ids": ["a"], "embeddings": [[1.0, 2.0]], "documents": ["secret"]}, self.token), 201)
        self.base = base
        self.names = Names(
            tenant=tenant, database=database, collection_id=made["id"],
            collection_name=collection, crn=f"{word}-{unique[:8]}:{database}:{collection}",
            token=make_token(server, tenant, "reader").split("_")[1],
            issuer=ISSUER, denial=str(uuid.uuid4()), quotaOverride="unreal_usage_type", **UNREAL)

    def state(self):
        """All that anybody could have changed."""
        tenant = self.names.names["tenant"]
        admin = [self.server.admin("GET", f"/v1/tenants/{tenant}{part}")
                 for part in ("", "/databases", "/quotas", "/quotaOverrides", "/budgets")]
        tokens = expect(self.server.admin("GET", f"/v1/tenants/{tenant}/tokens"))["tokens"]
        database = f"/databases/{self.names.names['database']}"
        data = [call("GET", self.base + part, token=self.token)
                for part in ("", "/databases", database, database + "/collections")]
        records = call("POST", self.records + "/get", {
            "include": ["documents", "metadatas", "embeddings"]}, self.token)
        for token in tokens:
            token.pop("last_use_time", None)
        return admin, tokens, data, records


class Asker:
    """Sends requests on kept connections; an answer is status, headers and body."""

    def __init__(self, server):
        self.rpc = RPCAsker(server)
        self.connections = {}
        for port in ("http", "admin_http"):
            parts = urllib.parse.urlsplit(server.endpoints[port])
            self.connections[port] = http.client.HTTPConnection(parts.hostname, parts.port)

    def ask(self, operation, credential, names, body=None):
        body = operation.body if body is None else body
        if isinstance(operation, RPCOperation):
            return self.rpc.ask(operation, credential, names, body, CHANGING)
        connection = self.connections[operation.port]
        headers = {} if credential is None else {"authorization": f"Bearer {credential}"}
        connection.request(
            operation.verb, names.fill(operation.path),
            None if body is None else json.dumps(body),
            {"content-type": "application/json", **headers})
        answer = connection.getresponse()
        text = names.forget(answer.read().decode("utf-8", "replace"))
        kept = sorted(
            (name.lower(), value) for name, value in answer.getheaders()
            if name.lower() not in CHANGING)
        request = answer.getheader("x-request-id") or ""
        return answer.status, kept, text.replace(request, "<request>") if request else text


def expired(server, tenant):
    stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 6))
    return make_token(server, tenant, expireTime=stamp)


def revoked(server, tenant):
    token = make_token(server, tenant)
    expect(server.admin("POST", f"/v1/tenants/{tenant}/tokens/{token.split('_')[1]}:revoke", {}))
    return token


def identity_tokens(provider, tenant):
    # The issuer allows no longer lives.
    until = int(time.time()) + 890
    return {
        "jwt-writer": provider.token(tenant, exp=until),
        "jwt-admin": provider.token(tenant, role="lead", exp=until)}


def callers(server, provider, own, stranger):
    """Every kind of credential, by name. Of `own` are those that act inside a tenant."""
    tenant = own.names.names["tenant"]
    suspended = make_tenant(server, "suspended")
    expect(server.admin(
        "POST", f"/v1/tenants/{suspended.name}:suspend", {"reason": "unpaid"}))
    good = make_token(server, tenant)
    return {
        "none": None, "malformed": good[:-1] + ("a" if good[-1] != "a" else "b"),
        "unknown": "tsd_aaaaaaaaaaa_" + "a" * 49,
        "expired": expired(server, tenant), "revoked": revoked(server, tenant),
        "suspended": suspended.token,
        "reader": make_token(server, tenant, "reader"),
        "writer": make_token(server, tenant, "writer"), "admin": make_token(server, tenant),
        "custom": make_token(server, tenant, "", actions=["get_collection", "add"]),
        "collections": make_token(server, tenant, "writer", collections="ourown-*"),
        "database": make_token(
            server, tenant, "admin", databases=[own.names.names["database"]]),
        "elsewhere": make_token(
            server, tenant, "", actions=["query"], ipAllow=["192.0.2.0/24"]),
        **identity_tokens(provider, tenant),
        "stranger": stranger.token,
        "operator": server.admin_token,
    }
