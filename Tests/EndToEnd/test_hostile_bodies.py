"""Whatever is sent, the answer is a refusal and the server keeps serving."""

import contextlib
import http.client
import json
import urllib.parse

import pytest

from server import call

BODY_BYTES_MAX = 41_943_040


@pytest.fixture
def add_path(tenant, collection):
    return tenant.collection_path(collection) + "/add"


@pytest.fixture(autouse=True)
def still_serving(tenant, collection):
    yield
    assert tenant.server.process.poll() is None
    assert call("GET", tenant.server.url + "/api/v2/heartbeat")[0] == 200
    collection.upsert(ids=["sane"], embeddings=[[1.0, 2.0]])
    assert collection.get(ids=["sane"])["ids"] == ["sane"]


BROKEN = {
    "empty": b"", "cut": b'{"ids": ["a"', "word": b"hello", "two": b"{} {}", "comma": b"[1,]",
    "single quotes": b"{'ids': []}", "nan": b'{"ids":["a"],"embeddings":[[NaN]]}',
    "infinity": b'{"ids":["a"],"embeddings":[[Infinity]]}', "bad utf-8": b'{"ids":["\xff"]}',
    "lone surrogate": b'{"ids":["\\ud800"],"embeddings":[[1]]}', "nul byte": b'{"ids":\x00[]}',
    "bad escape": b'{"ids":["\\x"]}', "control": b'{"ids":["\x01"]}', "plus": b'{"limit":+1}',
    "deep arrays": b"[" * 10_000, "deep and closed": b"[" * 10_000 + b"]" * 10_000,
    "deep objects": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
}


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_what_is_not_json_is_refused(tenant, add_path, name):
    # 422 where the beginning already has the wrong shape, as upstream.
    status, body = tenant.call("POST", add_path, BROKEN[name])
    assert (status, body["error"]) in [(400, "InvalidArgumentError"), (422, "ChromaError")], body
    assert set(body) == {"error", "message"}


MISSHAPEN = [
    [], "x", 1, None, {}, {"ids": None}, {"ids": "a"}, {"ids": ["a"]}, {"ids": [1]},
    {"ids": ["a"], "embeddings": None}, {"ids": ["a"], "embeddings": [["x"]]},
    {"ids": ["a"], "embeddings": [[1.0]], "documents": [1]},
    {"ids": ["a"], "embeddings": [[1.0]], "metadatas": [{"k": None}]},
    {"ids": ["a"], "embeddings": [[1.0]], "metadatas": [{"k": {"nested": 1}}]},
    {"ids": ["a"], "embeddings": [[1.0]], "metadatas": [{"k": [1, "x"]}]},
    {"ids": ["a", "b"], "embeddings": [[1.0], "AACAPw=="]},
]


@pytest.mark.parametrize("body", MISSHAPEN, ids=json.dumps)
def test_the_wrong_shape_is_a_422(tenant, add_path, body):
    status, answer = tenant.call("POST", add_path, json.dumps(body).encode())
    assert status == 422 and answer["error"] == "ChromaError", answer


INVALID = [
    {"ids": [""], "embeddings": [[1.0]]}, {"ids": ["a"], "embeddings": [[]]},
    {"ids": ["a", "b"], "embeddings": [[1.0]]}, {"ids": ["a"], "embeddings": [[1e39]]},
    {"ids": ["a", "b"], "embeddings": [[1.0], [1.0, 2.0]]},
    {"ids": ["a"], "embeddings": ["AACAP==="]}, {"ids": ["a"], "embeddings": ["AAAA"]},
    {"ids": ["a"], "embeddings": ["AADAfw=="]},
    {"ids": ["a"], "embeddings": [[1.0]], "metadatas": [{"": 1}]},
    {"ids": ["a"], "embeddings": [[1.0]], "metadatas": [{"$k": 1}]},
]


@pytest.mark.parametrize("body", INVALID, ids=json.dumps)
def test_a_senseless_value_is_a_400(tenant, collection, add_path, body):
    status, answer = tenant.call("POST", add_path, body)
    assert status == 400 and answer["error"] == "InvalidArgumentError", answer
    assert collection.count() == 0


@pytest.mark.parametrize("where", [
    {}, {"a": 1, "b": 2}, {"$and": 1}, {"$xor": []}, {"k": {"$gt": "x"}}, {"k": {"$in": []}},
    {"k": None}, {"k": {"$eq": None}}, {"k": {"$eq": 1, "$ne": 2}}, [], "x",
], ids=json.dumps)
def test_a_bad_filter_is_a_400(tenant, collection, where):
    for verb in ("get", "delete"):
        path = f"{tenant.collection_path(collection)}/{verb}"
        status, answer = tenant.call("POST", path, {"where": where})
        assert status == 400 and answer["error"] == "InvalidArgumentError", answer


@pytest.mark.parametrize("pattern", ["(", "[z-a]", "(?=x)", r"\1", "*"])
def test_a_bad_pattern_is_a_400(tenant, collection, pattern):
    body = {"where_document": {"$regex": pattern}}
    assert tenant.call("POST", tenant.collection_path(collection) + "/get", body)[0] == 400


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|a)*b", "(.*)*x"])
def test_an_expensive_pattern_is_answered(tenant, collection, pattern):
    collection.add(ids=["a"], embeddings=[[1.0, 2.0]], documents=["a" * 5000 + "!"])
    body = {"where_document": {"$regex": pattern}}
    answer = tenant.call("POST", tenant.collection_path(collection) + "/get", body)
    assert answer[0] == 200 and answer[1]["ids"] == []


def test_odd_ids_are_kept_as_they_are(tenant, collection, add_path):
    ids = ["\u0000", "a\u0000b", "\u00e9", "e\u0301", "😀", "\u202e", "x" * 10_000, "/../", " "]
    body = {"ids": ids, "embeddings": [[1.0, 0.0]] * len(ids)}
    assert tenant.call("POST", add_path, body)[0] == 201
    got = tenant.call("POST", tenant.collection_path(collection) + "/get", {})[1]
    assert got["ids"] == ids


def test_a_deep_filter_is_refused(tenant, collection):
    text = ('{"where":' + '{"$and":[' * 10_000 + '{"k":1}' + "]}" * 10_000 + "}").encode()
    assert tenant.call("POST", tenant.collection_path(collection) + "/get", text)[0] == 400


def upload(tenant, path, chunks, headers):
    """Sends even if the server stops reading, and returns the answer's status and body."""
    parts = urllib.parse.urlsplit(tenant.server.url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
    with contextlib.closing(connection):
        connection.putrequest("POST", tenant.path + path)
        for name, value in {"X-Chroma-Token": tenant.token, **headers}.items():
            connection.putheader(name, value)
        connection.endheaders()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            for chunk in chunks:
                connection.send(chunk)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())


TOO_LARGE = {"error": "ChromaError",
             "message": "Failed to buffer the request body: length limit exceeded"}


def test_a_body_one_byte_too_large_is_a_413(tenant, add_path):
    size = BODY_BYTES_MAX + 1
    assert upload(tenant, add_path, [b" " * size], {"Content-Length": str(size)}) == (
        413, TOO_LARGE)


def test_a_chunked_body_without_end_is_a_413(tenant, add_path):
    chunk = b"100000\r\n" + b" " * 0x100000 + b"\r\n"
    answer = upload(tenant, add_path, [chunk] * 60, {"Transfer-Encoding": "chunked"})
    assert answer == (413, TOO_LARGE)


def test_a_body_of_exactly_the_limit_is_read(tenant, collection, add_path):
    body = json.dumps({"ids": ["big"], "embeddings": [[1.0, 2.0]]}).encode()
    body += b" " * (BODY_BYTES_MAX - len(body))
    assert tenant.call("POST", add_path, body)[0] == 201
    assert collection.count() == 1


@pytest.mark.parametrize("path", [
    "/collections/%ff", "/collections/%zz", "/collections/..%2f..%2fetc", "/collections/%00",
    "/collections//", "/collections/" + "x" * 5000, "/collections/not-a-uuid/get",
])
def test_an_odd_path_is_refused(tenant, path):
    for method in ("GET", "POST", "DELETE"):
        assert 400 <= tenant.call(method, path, {} if method == "POST" else None)[0] < 500
