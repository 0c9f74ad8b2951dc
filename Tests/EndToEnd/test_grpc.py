"""The gRPC data service: the same records, refusals and limits as over HTTP."""

import uuid

import grpc
import numpy
import pytest

from packed import Client, rows
from server import call
from tenancy import make_tenant, make_token

# Requests, each for its method, that name a collection by its id.
BY_ID = [
    ("GetCollection", lambda client, id: {"id": id}),
    ("WriteRecords", lambda client, id: {
        "collection_id": id, "operation": "ADD",
        "records": client.records({"id": "planted"}, embeddings=[[6, 6]])}),
    ("DeleteRecords", lambda client, id: {
        "collection_id": id,
        "selection": {"ids": {"ids": ["a"]}}}),
    ("GetRecords", lambda client, id: {"collection_id": id}),
    ("Query", lambda client, id: {
        "collection_id": id, "embeddings": client.embeddings([1, 0])}),
    ("Count", lambda client, id: {"collection_id": id}),
]
BY_NAME = [
    ("GetCollection", lambda client, id: {"name": "secret-things"}),
    ("DeleteCollection", lambda client, id: {"name": "secret-things"}),
]
IN_DATABASE = [
    ("CreateCollection", lambda client, id: {"name": "planted"}),
    ("ListCollections", lambda client, id: {}),
]
EVERY = BY_ID + BY_NAME + IN_DATABASE


def label(value):
    return value[0] if isinstance(value, tuple) else None


def ask(method, client, collection_id):
    name, fields = method
    return getattr(client, name)(**fields(client, str(collection_id)))


def refusal(code, work):
    """The refusal of a call; fails when it is another one or none."""
    with pytest.raises(grpc.RpcError) as refused:
        work()
    assert refused.value.code() == code, refused.value
    assert len(dict(refused.value.trailing_metadata())["x-request-id"]) == 32
    return refused.value.details()


@pytest.fixture
def packed(tenant):
    return Client(tenant)


@pytest.fixture(scope="module")
def victim(shared):
    tenant = make_tenant(shared, "victim")
    made = tenant.http_client().create_collection("secret-things", embedding_function=None)
    made.add(ids=["a"], embeddings=[[1.0, 2.0]], documents=["secret"])
    yield tenant, made
    assert made.get()["documents"] == ["secret"]
    names = [each.name for each in tenant.http_client().list_collections()]
    assert names == ["secret-things"]


@pytest.fixture(scope="module")
def stranger(shared):
    return make_tenant(shared, "stranger")


def test_what_grpc_writes_http_reads(packed, client):
    made = packed.CreateCollection(
        name="things", metadata=packed.metadata_of(owner=("string", "me")),
        configuration_json='{"hnsw": {"space": "cosine"}}')
    metadata = packed.metadata_of(
        bool=("bool", True), int=("int", -(2 ** 63)), float=("float", 0.5),
        text=("string", "é"), list=("ints", {"values": [1, 2]}))
    packed.WriteRecords(
        collection_id=made.id, operation="ADD",
        records=packed.records(
            {"id": "a", "document": "one", "metadata": metadata}, {"id": "b", "uri": "u:2"},
            embeddings=[[0.1, 0.2], [3e-39, -4]]))
    seen = client.get_collection("things", embedding_function=None)
    assert str(seen.id) == made.id and seen.metadata == {"owner": "me"}
    assert seen.configuration["hnsw"]["space"] == "cosine"
    found = seen.get(include=["documents", "metadatas", "embeddings", "uris"])
    assert found["ids"] == ["a", "b"] and found["documents"] == ["one", None]
    assert found["uris"] == [None, "u:2"]
    assert found["metadatas"] == [
        {"bool": True, "int": -(2 ** 63), "float": 0.5, "text": "é", "list": [1, 2]}, None]
    expected = numpy.array([[0.1, 0.2], [3e-39, -4]], dtype=numpy.float32)
    assert (numpy.asarray(found["embeddings"], dtype=numpy.float32) == expected).all()


def test_what_http_writes_grpc_reads(packed, collection):
    collection.add(
        ids=["a", "b", "c"], embeddings=[[1, 0], [0, 1], [5, 5]], documents=["one", "two", "six"],
        metadatas=[{"n": 1}, {"n": 2.5}, {"n": True}])
    seen = packed.GetCollection(name="things")
    assert seen.id == str(collection.id) and seen.dimension == 2
    assert [each.id for each in packed.ListCollections().collections] == [seen.id]
    assert packed.Count(collection_id=seen.id).count == 3

    got = packed.GetRecords(
        collection_id=seen.id, selection={"where": '{"n": {"$gte": 2}}'},
        include={"metadatas": True, "embeddings": True})
    assert [each.id for each in got.records] == ["b"]
    assert got.records[0].metadata == packed.metadata_of(n=("float", 2.5))
    assert not got.records[0].HasField("document") and rows(got.embeddings) == [[0.0, 1.0]]

    page = packed.GetRecords(collection_id=seen.id, offset=1, limit=1)
    assert [(each.id, each.document) for each in page.records] == [("b", "two")]
    assert not page.HasField("embeddings")


def test_a_query_answers_as_over_http(packed, collection):
    values = numpy.random.default_rng(7).random((40, 5), dtype=numpy.float32)
    collection.add(ids=[f"r{n}" for n in range(40)], embeddings=values,
                   documents=[f"even {n}" if n % 2 == 0 else "odd" for n in range(40)])
    expected = collection.query(
        query_embeddings=values[:2], n_results=3, where_document={"$contains": "even"})
    answer = packed.Query(
        collection_id=str(collection.id), embeddings=packed.embeddings(*values[:2].tolist()),
        result_count=3, selection={"where_document": '{"$contains": "even"}'})
    assert [[each.id for each in found.records] for found in answer.results] == expected["ids"]
    assert [[each.distance for each in found.records] for found in answer.results] == [
        [pytest.approx(distance) for distance in found] for found in expected["distances"]]
    ids = packed.Query(
        collection_id=str(collection.id), embeddings=packed.embeddings(values[1].tolist()),
        selection={"ids": {"ids": ["r3", "r1"]}}, include={}).results[0]
    assert [each.id for each in ids.records] == ["r1", "r3"]
    assert not ids.records[0].HasField("distance") and not ids.records[0].HasField("document")


def test_update_and_upsert_change_what_they_name(packed, collection):
    collection.add(ids=["a", "b"], embeddings=[[1, 0], [0, 1]], documents=["one", "two"],
                   metadatas=[{"n": 1, "m": 1}, {"n": 2}])
    packed.WriteRecords(
        collection_id=str(collection.id), operation="UPDATE",
        records=packed.records(
            {"id": "a", "metadata": packed.metadata_of(n=("null", 0))},
            {"id": "b", "document": "zwei"}, embeddings=[None, [7, 7]]))
    packed.WriteRecords(
        collection_id=str(collection.id), operation="UPSERT",
        records=packed.records({"id": "c"}, embeddings=[[9, 9]]))
    found = collection.get(include=["documents", "metadatas", "embeddings"])
    assert found["ids"] == ["a", "b", "c"] and found["documents"] == ["one", "zwei", None]
    assert found["metadatas"] == [{"m": 1}, {"n": 2}, None]
    assert found["embeddings"].tolist() == [[1, 0], [7, 7], [9, 9]]


def test_deletes_count_as_over_http(packed, collection):
    collection.add(ids=list("abcd"), embeddings=[[1]] * 4, metadatas=[{"n": n} for n in range(4)])
    id = str(collection.id)
    assert packed.DeleteRecords(
        collection_id=id, selection={"ids": {"ids": ["a", "zz"]}}).count == 2
    assert packed.DeleteRecords(
        collection_id=id, selection={"where": '{"n": {"$gte": 1}}'}, limit=1).count == 1
    assert packed.DeleteRecords(collection_id=id).count == 0
    assert packed.Count(collection_id=id).count == 2
    packed.DeleteCollection(name="things")
    refusal(grpc.StatusCode.NOT_FOUND, lambda: packed.Count(collection_id=id))


def test_a_collection_is_made_once(packed):
    made = packed.CreateCollection(name="things")
    refusal(grpc.StatusCode.ALREADY_EXISTS, lambda: packed.CreateCollection(name="things"))
    assert packed.CreateCollection(name="things", get_or_create=True).id == made.id


@pytest.mark.parametrize("fields", [
    {"name": "x"}, {"name": "things", "metadata": {}},
    {"name": "things", "metadata": {"entries": [{"key": "#k", "int": 1}]}},
    {"name": "things", "metadata": {"entries": [{"key": "k", "null": 0}]}},
    {"name": "things", "metadata": {"entries": [{"key": "k"}]}},
    {"name": "things", "metadata": {"entries": [{"key": "k", "float": float("nan")}]}},
    {"name": "things", "configuration_json": "{"},
    {"name": "things", "configuration_json": '{"hnsw": {"space": "round"}}'},
    {"name": "things", "schema_json": "[]"},
])
def test_a_collection_that_cannot_be_is_refused(packed, fields):
    refusal(grpc.StatusCode.INVALID_ARGUMENT, lambda: packed.CreateCollection(**fields))
    assert len(packed.ListCollections().collections) == 0


def test_a_write_is_checked_as_over_http(packed, collection):
    collection.add(ids=["a"], embeddings=[[1, 0]])
    one = {"id": "b"}
    bad = [
        packed.records({"id": ""}, embeddings=[[1, 0]]),
        packed.records(one, embeddings=[[1, 0, 0]]),
        packed.records(one, embeddings=[[1, 0], [0, 1]]),
        packed.records(one, embeddings=[[float("inf"), 0]]),
        packed.records(one, embeddings=[[]]), packed.records(one, embeddings=[None]),
        packed.records(one),
        packed.records(dict(one, metadata=packed.metadata_of(k=("null", 0))), embeddings=[[1, 0]]),
        packed.records(
            dict(one, metadata=packed.metadata_of(
                k=("sparse", {"indices": [2, 1], "values": [1, 1]}))), embeddings=[[1, 0]]),
    ]
    torn = packed.records(one, embeddings=[[1, 0]])
    torn.embeddings.values += b"\0"
    for records in bad + [torn]:
        refusal(grpc.StatusCode.INVALID_ARGUMENT, lambda: packed.WriteRecords(
            collection_id=str(collection.id), operation="ADD", records=records))
    refusal(grpc.StatusCode.INVALID_ARGUMENT, lambda: packed.WriteRecords(
        collection_id=str(collection.id), records=packed.records(one, embeddings=[[1, 0]])))
    assert collection.get()["ids"] == ["a"]


def test_reads_are_checked_as_over_http(packed, collection):
    id = str(collection.id)
    collection.add(ids=["a"], embeddings=[[1, 0]])
    for selection in ({"where": "{"}, {"where": '{"$and": 1}'}, {"where_document": "[]"}):
        refusal(grpc.StatusCode.INVALID_ARGUMENT,
                lambda: packed.GetRecords(collection_id=id, selection=selection))
    for row in ([1, 0, 0], [float("nan"), 0]):
        refusal(grpc.StatusCode.INVALID_ARGUMENT,
                lambda: packed.Query(collection_id=id, embeddings=packed.embeddings(row)))
    refusal(grpc.StatusCode.INVALID_ARGUMENT, lambda: packed.Count(collection_id="no-uuid"))
    refusal(grpc.StatusCode.INVALID_ARGUMENT, lambda: packed.GetCollection())


@pytest.mark.parametrize("metadata", [
    [], [("authorization", "Bearer wrong")], [("x-chroma-token", "tsd_aaaaaaaaaaa_" + "a" * 49)],
    [("authorization", "Basic dXNlcjpwYXNz")],
])
@pytest.mark.parametrize("method", EVERY, ids=label)
def test_without_a_right_token_every_call_is_unauthenticated(victim, method, metadata):
    tenant, made = victim
    client = Client(tenant, metadata=metadata)
    assert refusal(grpc.StatusCode.UNAUTHENTICATED,
                   lambda: ask(method, client, made.id)) == "Permission denied."


def test_either_header_carries_the_token(tenant):
    client = Client(tenant, metadata=[("x-chroma-token", tenant.token)])
    assert len(client.ListCollections().collections) == 0


@pytest.mark.parametrize("method", EVERY, ids=label)
def test_another_tenant_is_denied_whether_it_exists_or_not(victim, stranger, method):
    tenant, made = victim
    real = Client(tenant, token=stranger.token)
    names = {"tenant": "no-such-tenant", "database": "no-such-db"}
    invented = Client(tenant, token=stranger.token, names=names)
    for client in (real, invented):
        assert refusal(grpc.StatusCode.PERMISSION_DENIED,
                       lambda: ask(method, client, made.id)) == "Permission denied."


@pytest.mark.parametrize("method", BY_ID, ids=label)
def test_a_foreign_id_is_as_one_that_does_not_exist(victim, stranger, method):
    foreign, random = str(victim[1].id), str(uuid.uuid4())
    client = Client(stranger)
    got = refusal(grpc.StatusCode.NOT_FOUND, lambda: ask(method, client, foreign))
    expected = refusal(grpc.StatusCode.NOT_FOUND, lambda: ask(method, client, random))
    assert got.replace(foreign, random) == expected


@pytest.mark.parametrize("method", BY_NAME, ids=label)
def test_a_foreign_name_is_not_there(stranger, victim, method):
    refusal(grpc.StatusCode.NOT_FOUND, lambda: ask(method, Client(stranger), None))


@pytest.mark.parametrize("method", BY_ID + BY_NAME, ids=label)
def test_a_database_that_the_token_does_not_reach_holds_nothing(shared, victim, method):
    tenant, made = victim
    status, _ = call("POST", f"{shared.url}/api/v2/tenants/{tenant.name}/databases",
                     {"name": "other-db"}, tenant.token)
    assert status in (200, 409)
    token = make_token(shared, tenant.name, databases=["other-db"])
    refusal(grpc.StatusCode.NOT_FOUND, lambda: ask(method, Client(tenant, token=token), made.id))


def test_a_reader_reads_and_writes_nothing(server, tenant, collection):
    collection.add(ids=["a"], embeddings=[[1, 0]])
    reader = Client(tenant, token=make_token(server, tenant.name, role="reader"))
    for method in BY_ID + [("GetCollection", lambda client, id: {"name": "things"})]:
        if method[0] in ("WriteRecords", "DeleteRecords"):
            refusal(grpc.StatusCode.PERMISSION_DENIED, lambda: ask(method, reader, collection.id))
        else:
            ask(method, reader, collection.id)
    refusal(grpc.StatusCode.PERMISSION_DENIED, lambda: reader.CreateCollection(name="others"))
    refusal(grpc.StatusCode.PERMISSION_DENIED, lambda: reader.DeleteCollection(name="things"))


def test_a_message_past_the_limit_is_refused_and_the_next_is_taken(own_server):
    server = own_server(HTTP_BODY_BYTES_MAX="65536").start()
    tenant = make_tenant(server)
    client = Client(tenant)
    made = client.CreateCollection(name="things")

    def write(id, dimension):
        return client.WriteRecords(
            collection_id=made.id, operation="ADD",
            records=client.records({"id": id}, embeddings=[[1.0] * dimension]))

    assert "65536" in refusal(
        grpc.StatusCode.RESOURCE_EXHAUSTED, lambda: write("large", 20_000))
    with pytest.raises(grpc.RpcError):
        write("broken-off", 40_000)
    write("small", 10_000)
    assert client.Count(collection_id=made.id).count == 1
