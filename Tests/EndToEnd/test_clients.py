"""Every official client starts with nothing but a token, and works."""

import asyncio

import chromadb
import pytest
from chromadb.config import DEFAULT_TENANT, Settings
from chromadb.errors import NotFoundError


def round_trip(client):
    collection = client.create_collection("round-trip", embedding_function=None)
    collection.add(ids=["a"], embeddings=[[1, 2]], documents=["one"], metadatas=[{"n": 1}])
    found = client.get_collection("round-trip", embedding_function=None).get(ids=["a"])
    assert found["documents"] == ["one"] and found["metadatas"] == [{"n": 1}]


def test_cloud_client_finds_its_tenant_and_database_from_the_token(tenant):
    client = tenant.cloud_client()
    assert (client.tenant, client.database) == (tenant.name, tenant.database)
    round_trip(client)


def test_http_client_with_a_header(tenant):
    round_trip(tenant.http_client())


@pytest.mark.parametrize("header", ["Authorization", "X-Chroma-Token"])
def test_http_client_with_an_authentication_provider(tenant, header):
    settings = Settings(
        chroma_client_auth_provider="chromadb.auth.token_authn.TokenAuthClientProvider",
        chroma_client_auth_credentials=tenant.token, chroma_auth_token_transport_header=header,
    )
    client = chromadb.HttpClient(
        **tenant.address, tenant=tenant.name, database=tenant.database, settings=settings)
    round_trip(client)


def test_async_client(tenant):
    async def work():
        client = await chromadb.AsyncHttpClient(
            **tenant.address, tenant=tenant.name, database=tenant.database,
            headers={"x-chroma-token": tenant.token})
        assert await client.heartbeat() > 0
        collection = await client.create_collection("things", embedding_function=None)
        await asyncio.gather(*(
            collection.add(ids=[f"{n}"], embeddings=[[n, n]]) for n in range(20)))
        assert await collection.count() == 20
        nearest = await collection.query(query_embeddings=[[7, 7]], n_results=1)
        assert nearest["ids"] == [["7"]]

    asyncio.run(work())


def admin_client(tenant, token):
    return chromadb.AdminClient(Settings(
        chroma_api_impl="chromadb.api.fastapi.FastAPI",
        chroma_server_host=tenant.address["host"],
        chroma_server_http_port=tenant.address["port"],
        chroma_server_headers={"x-chroma-token": token},
    ))


def test_admin_client_makes_and_deletes_databases(tenant):
    admin = admin_client(tenant, tenant.token)
    admin.create_database("second-db", tenant.name)
    assert admin.get_database("second-db", tenant.name)["tenant"] == tenant.name
    names = [each["name"] for each in admin.list_databases(tenant=tenant.name)]
    assert names == ["main-db", "second-db"]
    admin.delete_database("second-db", tenant.name)
    with pytest.raises(NotFoundError):
        admin.get_database("second-db", tenant.name)


def test_an_operator_makes_tenants_with_the_admin_client(tenant):
    admin = admin_client(tenant, tenant.server.admin_token)
    admin.create_tenant(f"{tenant.name}-b")
    assert admin.get_tenant(f"{tenant.name}-b")["name"] == f"{tenant.name}-b"


def test_the_bootstrap_tenant_works_at_once(server):
    start = server.bootstrap
    assert (start["tenant"], start["database"]) == (DEFAULT_TENANT, "default_database")
    address = server.url.removeprefix("http://").split(":")
    client = chromadb.CloudClient(
        api_key=start["token"], cloud_host=address[0], cloud_port=int(address[1]),
        enable_ssl=False)
    client.delete_collection(client.get_or_create_collection("first").name)
    assert client.heartbeat() > 0 and client.get_version() == "1.0.0"
