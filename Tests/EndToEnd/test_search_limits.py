"""Searches that end before they are done: their client has left, or their time is up."""

import json
import os
import random
import re
import socket
import urllib.parse

import grpc
import pytest

from packed import Client
from server import call, wait_until
from tenancy import expect, make_tenant

DOCUMENTS, DOCUMENT_BYTES, BATCH = 500, 40_000, 100
# No document has a digit: each pattern reads all of each. Together they take minutes.
PATTERNS = [f"[0-9]{{{n % 40 + 1}}}[A-Z]{{{n // 40 + 1}}}" for n in range(2000)]
SOON_SECONDS = 20
LONG_DOCUMENT_BYTES = 4_000_000
# Until a loaded machine has done a quick search quickly.
QUICK_SECONDS = 60


def condition(patterns):
    return {"$or": [{"$regex": pattern} for pattern in patterns]}


def selection(patterns):
    """The same for gRPC."""
    return {"where_document": json.dumps(condition(patterns))}


def filled(server):
    """A tenant, and the id of its collection of long documents."""
    tenant = make_tenant(server)
    made = expect(tenant.call("POST", "/collections", {"name": "things"}))
    document = "only words and no numbers " * (DOCUMENT_BYTES // 26)
    for start in range(0, DOCUMENTS, BATCH):
        expect(tenant.call("POST", f"/collections/{made['id']}/add", {
            "ids": [str(start + i) for i in range(BATCH)], "documents": [document] * BATCH,
            "embeddings": [[1.0]] * BATCH}), 201)
    return tenant, made["id"]


def searches(server):
    """Searches that have ended."""
    process = getattr(server, "engine", server).endpoints
    page = call("GET", (process.get("status_http") or process["admin_http"]) + "/metrics")[1]
    return int(float(re.search(r"^tessera_search_duration_seconds_count (\S+)", page, re.M)[1]))


def active(server):
    """Requests that the first frontend is at."""
    process = getattr(server, "frontends", [server])[0].endpoints
    page = call("GET", (process.get("status_http") or process["admin_http"]) + "/metrics")[1]
    return int(float(re.search(r"^http_server_active_requests (\S+)", page, re.M)[1]))


def refused_requests(server, status):
    """How often the first frontend's log names a request with that status."""
    log = getattr(server, "frontends", [server])[0].log.read_text(errors="replace")
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    return sum(line.get("metadata", {}).get("status") == str(status) for line in lines)


def cpu_seconds(server):
    """Of the process that searches."""
    process = getattr(server, "engine", server).process
    fields = open(f"/proc/{process.pid}/stat", encoding="utf-8").read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def wait_for_work(server):
    """Returns when a request has kept the engine busy for a while, and still does."""
    before, ended = cpu_seconds(server), searches(server)
    assert wait_until(lambda: cpu_seconds(server) > before + 1, SOON_SECONDS)
    assert (active(server), searches(server)) == (1, ended)


def sent(tenant, id, body):
    """A connection over which a get was sent."""
    address = urllib.parse.urlsplit(tenant.server.url)
    connection = socket.create_connection((address.hostname, address.port), timeout=60)
    text = json.dumps(body).encode()
    connection.sendall(
        f"POST {tenant.path}/collections/{id}/get HTTP/1.1\r\nHost: test\r\n"
        f"X-Chroma-Token: {tenant.token}\r\nContent-Length: {len(text)}\r\n\r\n".encode() + text)
    return connection


def begun(tenant, id):
    """A search of minutes that is under way."""
    connection = sent(tenant, id, {"where_document": condition(PATTERNS), "include": []})
    wait_for_work(tenant.server)
    return connection


@pytest.fixture(params=["one process", "split roles"])
def engine(request, own_server, own_installation):
    if request.param == "one process":
        return own_server().start()
    return own_installation(frontends=1).start()


def test_a_search_ends_when_its_client_leaves(engine):
    tenant, id = filled(engine)
    before = searches(engine)
    connection = begun(tenant, id)
    connection.close()
    assert wait_until(lambda: searches(engine) == before + 1, SOON_SECONDS)
    assert wait_until(lambda: active(engine) == 0, SOON_SECONDS)
    assert wait_until(lambda: refused_requests(engine, 499) == 1, SOON_SECONDS)

    # A client that only sends no more gets its answer, behind a sign that it is awaited.
    connection = sent(tenant, id, {"where_document": condition(PATTERNS[:100]), "include": []})
    connection.shutdown(socket.SHUT_WR)
    answer = b"".join(iter(lambda: connection.recv(65536), b""))
    heads = [line for line in answer.split(b"\r\n") if line.startswith(b"HTTP/1.1 ")]
    assert heads[-1] == b"HTTP/1.1 200 OK" and set(heads[:-1]) <= {b"HTTP/1.1 100 Continue"}
    assert json.loads(answer.rsplit(b"\r\n\r\n", 1)[1])["ids"] == []
    connection.close()

    # A gRPC call that is cancelled.
    client, before = Client(tenant), searches(engine)
    request = client.messages.GetRecordsRequest(
        **client.names, collection_id=id, selection=selection(PATTERNS))
    pending = client.stub.GetRecords.future(request, metadata=client.metadata, timeout=300)
    wait_for_work(engine)
    pending.cancel()
    assert wait_until(lambda: searches(engine) == before + 1, SOON_SECONDS)


def test_a_search_ends_when_its_collection_is_deleted(engine):
    tenant, id = filled(engine)
    connection = begun(tenant, id)
    expect(tenant.call("DELETE", "/collections/things"))
    answer = connection.makefile("rb").readline()
    assert answer == b"HTTP/1.1 404 Not Found\r\n"
    connection.close()


def test_a_pattern_for_one_long_document_ends_in_time(own_server):
    server = own_server(ENGINE_SEARCH_SECONDS_MAX=2).start()
    tenant = make_tenant(server)
    made = expect(tenant.call("POST", "/collections", {"name": "things"}))
    document = "".join(random.Random(1).choices("abcdefghijklmnopqrst", k=LONG_DOCUMENT_BYTES))
    expect(tenant.call("POST", f"/collections/{made['id']}/add", {
        "ids": ["long"], "documents": [document], "embeddings": [[1.0]]}), 201)
    # 900 places of the pattern are open at each byte.
    status, answer = tenant.call("POST", f"/collections/{made['id']}/get", {
        "where_document": {"$regex": "[a-q][^u-z]{900}x"}, "include": []})
    assert status == 504, answer
    quick = {"where_document": {"$regex": "t[a-b]{2}c"}, "include": []}
    assert wait_until(lambda: found(tenant, made["id"], quick) == ["long"], QUICK_SECONDS)


def found(tenant, id, body):
    """None when it took too long: a seal may have had the cores meanwhile."""
    status, answer = tenant.call("POST", f"/collections/{id}/get", body)
    assert status in (200, 504), answer
    return answer["ids"] if status == 200 else None


def test_a_search_that_takes_too_long_is_refused(own_server):
    server = own_server(ENGINE_SEARCH_SECONDS_MAX=1).start()
    tenant, id = filled(server)
    status, answer = tenant.call("POST", f"/collections/{id}/get", {
        "where_document": condition(PATTERNS), "include": []})
    assert status == 504
    assert answer["error"] == "ChromaError"
    assert "longer than 1 s" in answer["message"]
    client = Client(tenant)
    with pytest.raises(grpc.RpcError) as refused:
        client.GetRecords(collection_id=id, selection=selection(PATTERNS))
    assert refused.value.code() == grpc.StatusCode.DEADLINE_EXCEEDED
    # What is quick is answered.
    quick = {"ids": ["7"], "include": []}
    assert wait_until(lambda: found(tenant, id, quick) == ["7"], QUICK_SECONDS)
