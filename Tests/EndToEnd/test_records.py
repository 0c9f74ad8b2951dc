"""What add, upsert, update, delete and get mean (protocol §3)."""

import pytest


def contents(collection, **options):
    found = collection.get(include=["documents", "metadatas", "embeddings"], **options)
    return {
        key: (document, metadata, [float(x) for x in embedding])
        for key, document, metadata, embedding in zip(
            found["ids"], found["documents"], found["metadatas"], found["embeddings"])
    }


def test_what_is_added_is_found_as_it_was(collection):
    metadata = {"s": "x", "i": 2**53 + 1, "f": 1.0, "b": True}
    collection.add(ids=["a"], embeddings=[[0.1, -2.5]], documents=["é\n\"\\"],
                   metadatas=[metadata])
    document, found, embedding = contents(collection)["a"]
    assert document == "é\n\"\\" and found == metadata
    assert {key: type(value) for key, value in found.items()} == {
        key: type(value) for key, value in metadata.items()}
    assert embedding == pytest.approx([0.1, -2.5], rel=1e-7)


def test_add_leaves_an_existing_record_alone(collection):
    collection.add(ids=["a"], embeddings=[[1.0]], documents=["first"])
    collection.add(ids=["a", "b"], embeddings=[[2.0], [3.0]], documents=["second", "other"])
    assert contents(collection) == {
        "a": ("first", None, [1.0]), "b": ("other", None, [3.0])}


def test_upsert_replaces_what_is_given_and_merges_metadata(collection):
    collection.add(ids=["a"], embeddings=[[1.0]], documents=["first"],
                   metadatas=[{"keep": 1, "change": 1}])
    collection.upsert(ids=["a", "b"], embeddings=[[2.0], [3.0]],
                      metadatas=[{"change": 2, "new": 3}, {"x": 1}])
    assert contents(collection) == {
        "a": ("first", {"keep": 1, "change": 2, "new": 3}, [2.0]), "b": (None, {"x": 1}, [3.0])}


def test_update_ignores_missing_records_and_null_deletes_a_key(tenant, collection):
    collection.add(ids=["a"], embeddings=[[1.0]], metadatas=[{"x": 1, "y": 2}])
    status, _ = tenant.call(
        "POST", tenant.collection_path(collection) + "/update",
        {"ids": ["a", "ghost"], "metadatas": [{"x": None}, {"z": 1}]})
    assert status == 200
    assert contents(collection) == {"a": (None, {"y": 2}, [1.0])}


def test_order_is_that_of_the_first_insert(tenant, collection):
    collection.add(ids=["c", "a", "b"], embeddings=[[1.0], [2.0], [3.0]])
    collection.upsert(ids=["c"], embeddings=[[9.0]])
    collection.delete(ids=["a"])
    collection.add(ids=["a"], embeddings=[[4.0]])
    assert collection.get()["ids"] == ["c", "b", "a"]
    assert collection.get(ids=["a", "b"], include=[])["ids"] == ["b", "a"]
    assert collection.get(limit=1, offset=1)["ids"] == ["b"]
    path = tenant.collection_path(collection) + "/get"
    assert tenant.call("POST", path, {"ids": ["a", "b", "a"]})[1]["ids"] == ["b", "a"]
    assert tenant.call("POST", path, {"ids": []})[1]["ids"] == []


def test_delete_counts_requested_ids_or_selected_records(tenant, collection):
    collection.add(ids=["0", "1", "2", "3"], embeddings=[[0.0]] * 4,
                   metadatas=[{"n": n} for n in range(4)])
    path = tenant.collection_path(collection) + "/delete"
    assert tenant.call("POST", path, {"ids": ["0", "nope", "0"]}) == (200, {"deleted": 3})
    assert tenant.call("POST", path, {"where": {"n": {"$gt": 1}}, "limit": 1}) == (
        200, {"deleted": 1})
    assert tenant.call("POST", path, {}) == (200, {"deleted": 0})
    assert collection.get()["ids"] == ["1", "3"]


def test_ids_are_compared_byte_by_byte(collection):
    twins = ["\u00e9", "e\u0301"]
    collection.add(ids=twins, embeddings=[[1.0], [2.0]])
    assert collection.count() == 2
    collection.delete(ids=[twins[0]])
    assert collection.get()["ids"] == [twins[1]]


def test_a_large_batch_is_stored_whole(collection):
    count = 5000
    collection.add(ids=[f"{n}" for n in range(count)], embeddings=[[n, 1] for n in range(count)])
    assert collection.count() == count
    assert collection.get(include=[])["ids"] == [f"{n}" for n in range(count)]
