"""Nearest neighbours against numpy (protocol §3.3, §3.4)."""

import random

import numpy
import pytest

COUNT, DIMENSION = 400, 16


def distances(space, query, vectors):
    if space == "l2":
        return ((vectors - query) ** 2).sum(axis=1)
    if space == "ip":
        return 1 - vectors @ query
    norms = numpy.linalg.norm(vectors, axis=1) * numpy.linalg.norm(query)
    return 1 - vectors @ query / norms


@pytest.mark.parametrize("space", ["l2", "cosine", "ip"])
def test_the_nearest_are_found_in_order(client, space):
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    generator = numpy.random.default_rng(seed)
    vectors = generator.standard_normal((COUNT, DIMENSION)).astype(numpy.float32)
    collection = client.create_collection(
        f"by-{space}", configuration={"hnsw": {"space": space}}, embedding_function=None)
    collection.add(ids=[f"{n}" for n in range(COUNT)], embeddings=vectors)
    queries = generator.standard_normal((5, DIMENSION)).astype(numpy.float32)
    found = collection.query(query_embeddings=queries, n_results=10)
    for query, ids, got in zip(queries, found["ids"], found["distances"]):
        exact = distances(space, query.astype(numpy.float64), vectors.astype(numpy.float64))
        nearest = numpy.argsort(exact, kind="stable")[:10]
        assert ids == [f"{n}" for n in nearest]
        assert got == pytest.approx(exact[nearest].tolist(), rel=1e-4, abs=1e-4)


def test_a_filter_finds_the_one_match_however_far(collection):
    collection.add(
        ids=[f"{n}" for n in range(100)], embeddings=[[n, 0] for n in range(100)],
        metadatas=[{"n": n} for n in range(100)])
    found = collection.query(query_embeddings=[[0, 0]], n_results=5, where={"n": 99})
    assert found["ids"] == [["99"]] and found["distances"] == [[99.0 * 99.0]]


def test_a_fresh_write_is_found_at_once_and_a_delete_is_not(collection):
    collection.add(ids=["a", "b"], embeddings=[[0, 0], [1, 1]])
    collection.upsert(ids=["b"], embeddings=[[0.1, 0]])
    collection.delete(ids=["a"])
    assert collection.query(query_embeddings=[[0, 0]])["ids"] == [["b"]]


def test_included_parts_are_there_and_others_are_not(collection):
    collection.add(ids=["a"], embeddings=[[1, 0]], documents=["x"], metadatas=[{"k": 1}])
    found = collection.query(query_embeddings=[[1, 0]], include=["embeddings", "documents"])
    assert found["metadatas"] is None and found["distances"] is None
    assert found["documents"] == [["x"]]
    assert numpy.array(found["embeddings"]).tolist() == [[[1.0, 0.0]]]


def test_a_collection_without_records_answers_with_empty_lists(collection):
    assert collection.query(query_embeddings=[[1.0], [2.0]])["ids"] == [[], []]
