"""Nothing acknowledged is lost by a restart, clean or not."""

import pytest

from tenancy import make_tenant


def fill(tenant):
    client = tenant.cloud_client()
    collection = client.create_collection(
        "kept", metadata={"m": 1}, configuration={"hnsw": {"space": "cosine"}},
        embedding_function=None)
    collection.add(ids=["a", "b", "c"], embeddings=[[1, 0], [0, 1], [1, 1]],
                   documents=["one", "two", None], metadatas=[{"n": 1}, None, {"n": 3}])
    collection.update(ids=["b"], embeddings=[[0, 2]], documents=["second"])
    collection.delete(ids=["a"])
    client.create_collection("dropped", embedding_function=None).add(ids=["x"], embeddings=[[1]])
    client.delete_collection("dropped")
    return everything(tenant)


def everything(tenant):
    client = tenant.cloud_client()
    found = {}
    for collection in client.list_collections():
        records = collection.get(include=["documents", "metadatas", "embeddings"])
        records["embeddings"] = [list(map(float, row)) for row in records["embeddings"]]
        found[collection.name] = (
            collection.id, collection.metadata, collection.configuration["hnsw"]["space"],
            records)
    return found


@pytest.mark.parametrize("kind", ["stop", "kill"])
def test_data_tenants_and_tokens_survive(own_server, kind):
    server = own_server().start()
    first, second = make_tenant(server), make_tenant(server)
    before = {each: fill(each) for each in (first, second)}
    bootstrap = server.bootstrap
    for _ in range(2):
        assert server.stop() == 0 if kind == "stop" else server.kill() is None
        server.start()
        assert {each: everything(each) for each in before} == before
        assert server.bootstrap == bootstrap
    collection = first.cloud_client().get_collection("kept", embedding_function=None)
    collection.add(ids=["d"], embeddings=[[3, 3]])
    assert collection.get()["ids"] == ["b", "c", "d"]
