"""Tenants for tests: each test gets one of its own, made through the admin API."""

import dataclasses
import itertools
import os
import urllib.parse

import chromadb

import server as server_module

_serial = itertools.count(1)


@dataclasses.dataclass(frozen=True)
class Tenant:
    server: "server_module.Server"
    name: str
    database: str
    token: str

    @property
    def address(self):
        parts = urllib.parse.urlsplit(self.server.url)
        return {"host": parts.hostname, "port": parts.port}

    def cloud_client(self):
        return chromadb.CloudClient(
            api_key=self.token, cloud_host=self.address["host"],
            cloud_port=self.address["port"], enable_ssl=False,
        )

    def http_client(self, **options):
        return chromadb.HttpClient(
            **self.address, tenant=self.name, database=self.database,
            headers={"x-chroma-token": self.token}, **options,
        )

    @property
    def path(self):
        return f"/api/v2/tenants/{self.name}/databases/{self.database}"

    def call(self, method, path, body=None, token=None, **options):
        """A request below this tenant's database: (status, JSON)."""
        return server_module.call(
            method, self.server.url + self.path + path, body, token or self.token, **options)

    def collection_path(self, collection):
        return f"/collections/{collection.id}"


def expect(answer, status=200):
    assert answer[0] == status, answer
    return answer[1]


def make_tenant(server, prefix="team"):
    """A tenant with one database and a token of its admin."""
    name = f"{prefix}-{os.getpid()}-{next(_serial)}"
    expect(server.admin("POST", "/v1/tenants", {"tenantId": name}))
    expect(server.admin("POST", f"/v1/tenants/{name}/databases", {"databaseId": "main-db"}))
    return Tenant(server, name, "main-db", make_token(server, name))


def make_token(server, tenant, role="admin", **fields):
    body = {"displayName": "test", "role": role, **fields}
    return expect(server.admin("POST", f"/v1/tenants/{tenant}/tokens", body))["secret"]
