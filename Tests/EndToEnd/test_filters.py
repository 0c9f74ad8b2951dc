"""where and where_document against an oracle that is obviously right (protocol §4)."""

import re

import pytest

import tenancy

RECORDS = [
    {"id": f"r{n}", "metadata": metadata, "document": document}
    for n, (metadata, document) in enumerate([
        ({"i": 1, "s": "red"}, "the quick brown fox"),
        ({"i": 2, "s": "green", "b": True}, "jumps over the lazy dog"),
        ({"i": -3, "f": 2.5, "b": False}, "The QUICK brown fox"),
        ({"f": -0.5, "s": "red"}, None),
        ({"s": "blue"}, "naïve café 100%"),
        (None, "nothing but words_and_more"),
        ({"i": 2, "f": 2.0, "tags": ["x", "y"]}, ""),
    ])
]


def number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def same(left, right):
    if number(left) and number(right):
        return left == right
    return type(left) is type(right) and left == right


def one(operator, found, wanted):
    if operator in ("$ne", "$nin", "$not_contains"):
        return not one({"$ne": "$eq", "$nin": "$in", "$not_contains": "$contains"}[operator],
                       found, wanted)
    if operator == "$eq":
        return same(found, wanted)
    if operator == "$in":
        return any(same(found, each) for each in wanted)
    if operator == "$contains":
        return isinstance(found, list) and any(same(each, wanted) for each in found)
    if not number(found):
        return False
    return {"$gt": found > wanted, "$gte": found >= wanted,
            "$lt": found < wanted, "$lte": found <= wanted}[operator]


def where_holds(where, record):
    (key, condition), = where.items()
    if key == "$and":
        return all(where_holds(each, record) for each in condition)
    if key == "$or":
        return any(where_holds(each, record) for each in condition)
    if not isinstance(condition, dict):
        condition = {"$eq": condition}
    (operator, wanted), = condition.items()
    return one(operator, (record["metadata"] or {}).get(key), wanted)


def document_holds(where, record):
    (operator, wanted), = where.items()
    if operator == "$and":
        return all(document_holds(each, record) for each in wanted)
    if operator == "$or":
        return any(document_holds(each, record) for each in wanted)
    if operator.startswith("$not_"):
        return not document_holds({"$" + operator[5:]: wanted}, record)
    text = record["document"]
    if text is None:
        return False
    return wanted in text if operator == "$contains" else bool(re.search(wanted, text))


WHERES = [
    {"s": "red"}, {"i": 2}, {"b": True}, {"b": False}, {"absent": 1},
    {"i": {"$ne": 2}}, {"s": {"$ne": "red"}}, {"i": {"$gt": 1}}, {"i": {"$gte": 1}},
    {"i": {"$lt": 1}}, {"i": {"$lte": -3}}, {"f": {"$gt": -1.0}}, {"f": {"$lte": 2.5}},
    {"s": {"$in": ["red", "blue"]}}, {"s": {"$nin": ["red", "blue"]}}, {"i": {"$in": [1, 2]}},
    {"tags": {"$contains": "x"}}, {"tags": {"$not_contains": "x"}},
    {"$and": [{"s": "red"}, {"i": {"$gt": 0}}]}, {"$or": [{"s": "blue"}, {"i": 2}]},
    {"$and": [{"$or": [{"i": 1}, {"i": 2}]}, {"s": {"$ne": "green"}}]},
]
DOCUMENT_WHERES = [
    {"$contains": "quick"}, {"$contains": "café"}, {"$contains": "%"},
    {"$contains": "_"}, {"$not_contains": "quick"}, {"$regex": "(?i)quick"},
    {"$regex": "^the .* fox$"}, {"$not_regex": "o"}, {"$contains": "o"},
    {"$regex": r"caf\w\b"}, {"$regex": r"f\b"}, {"$regex": r"^\w+\s\w"},
    {"$and": [{"$contains": "brown"}, {"$not_contains": "quick"}]},
    {"$or": [{"$contains": "dog"}, {"$contains": "words"}]},
]


@pytest.fixture(scope="module")
def filled(shared):
    client = tenancy.make_tenant(shared).cloud_client()
    collection = client.create_collection("filters", embedding_function=None)
    for record in RECORDS:
        collection.add(
            ids=[record["id"]], embeddings=[[1.0, 0.0]],
            documents=None if record["document"] is None else [record["document"]],
            metadatas=None if record["metadata"] is None else [record["metadata"]])
    return collection


@pytest.mark.parametrize("where", WHERES, ids=str)
def test_where(filled, where):
    expected = [each["id"] for each in RECORDS if where_holds(where, each)]
    assert filled.get(where=where)["ids"] == expected
    found = filled.query(query_embeddings=[[1.0, 0.0]], where=where)
    assert found["ids"][0] == expected


@pytest.mark.parametrize("where", DOCUMENT_WHERES, ids=str)
def test_where_document(filled, where):
    expected = [each["id"] for each in RECORDS if document_holds(where, each)]
    assert filled.get(where_document=where)["ids"] == expected


def test_ids_and_both_filters_must_all_hold(filled):
    found = filled.get(ids=["r0", "r2", "r3"], where={"i": {"$lt": 2}},
                       where_document={"$contains": "brown"})
    assert found["ids"] == ["r0", "r2"]
