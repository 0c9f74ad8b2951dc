"""Collections by name: made, listed, changed, deleted (protocol §1.5)."""

import pytest
from chromadb.errors import ChromaError, InvalidArgumentError, NotFoundError


def test_created_collections_are_listed_in_order_of_creation(client):
    names = ["zebra", "apple", "mango"]
    for name in names:
        client.create_collection(name, embedding_function=None)
    assert [each.name for each in client.list_collections()] == names
    assert [each.name for each in client.list_collections(limit=1, offset=1)] == ["apple"]
    assert client.count_collections() == 3


def test_a_taken_name_is_refused_and_get_or_create_returns_the_old_one(client):
    first = client.create_collection("one", metadata={"n": 1}, embedding_function=None)
    with pytest.raises(ChromaError, match="already exists"):
        client.create_collection("one", embedding_function=None)
    same = client.get_or_create_collection("one", metadata={"n": 2}, embedding_function=None)
    assert same.id == first.id and same.metadata == {"n": 1}


def test_modify_renames_and_replaces_metadata(client):
    collection = client.create_collection("old", metadata={"a": 1}, embedding_function=None)
    collection.modify(name="new", metadata={"b": 2})
    found = client.get_collection("new", embedding_function=None)
    assert found.id == collection.id and found.metadata == {"b": 2}
    with pytest.raises(NotFoundError):
        client.get_collection("old", embedding_function=None)


def test_a_deleted_collection_is_gone_with_its_records_and_its_name_is_free(client):
    old = client.create_collection("again", embedding_function=None)
    old.add(ids=["a"], embeddings=[[1.0]])
    client.delete_collection("again")
    with pytest.raises(NotFoundError):
        old.count()
    assert client.create_collection("again", embedding_function=None).count() == 0


@pytest.mark.parametrize("name", ["ab", "-abc", "abc-", "a..b", "192.168.1.1", "a b", "é" * 5])
def test_a_bad_name_is_refused(tenant, name):
    status, body = tenant.call("POST", "/collections", {"name": name})
    assert (status, body["error"]) == (400, "InvalidArgumentError"), body


def test_a_space_is_kept(client):
    made = client.create_collection(
        "by-cosine", configuration={"hnsw": {"space": "cosine"}}, embedding_function=None)
    made.add(ids=["a", "b"], embeddings=[[2, 0], [1, 1]])
    found = client.get_collection("by-cosine", embedding_function=None)
    assert found.configuration["hnsw"]["space"] == "cosine"
    nearest = found.query(query_embeddings=[[1, 0]])
    assert nearest["ids"] == [["a", "b"]]
    assert nearest["distances"][0] == pytest.approx([0.0, 1 - 2 ** -0.5], abs=1e-6)


def test_a_wrong_dimension_is_refused(collection):
    collection.add(ids=["a"], embeddings=[[1, 2, 3]])
    with pytest.raises(InvalidArgumentError, match="dimension of 3, got 2"):
        collection.add(ids=["b"], embeddings=[[1, 2]])
    with pytest.raises(InvalidArgumentError, match="dimension of 3, got 2"):
        collection.query(query_embeddings=[[1, 2]])
