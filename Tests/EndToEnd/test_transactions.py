"""Conditional get and commit over plain HTTP, as newer Chroma clients send them."""

import concurrent.futures

import pytest

from tenancy import expect, make_tenant

CONFLICT = {"error": "ConditionalWriteConflictError", "message": "conditional write conflict"}


def read(tenant, path, **body):
    return expect(tenant.call("POST", path + "/conditional/get", body))


def commit(tenant, path, token, operations, read_ids=()):
    body = {"read_token": token, "read_ids": list(read_ids), "operations": operations}
    return tenant.call("POST", path + "/conditional/commit", body)


def change(operation, *ids, **columns):
    return {"operation": operation, "payload": {"ids": list(ids), **columns}}


def add(record, document):
    return change("add", record, embeddings=[[1.0]], documents=[document])


def test_of_two_commits_that_rest_on_the_same_read_one_holds(tenant, collection):
    path = tenant.collection_path(collection)
    token = read(tenant, path, ids=["lock"])["read_token"]
    first = commit(tenant, path, token, [add("lock", "first")], ["lock"])
    second = commit(tenant, path, token, [add("lock", "second")], ["lock"])
    assert expect(first)["record_count"] == 1
    assert isinstance(first[1]["first_inserted_record_offset"], int)
    assert second[0] == 409
    assert CONFLICT.items() <= second[1].items()
    assert collection.get()["documents"] == ["first"]


def test_of_many_commits_at_once_one_holds_and_lands_whole(tenant, collection):
    path = tenant.collection_path(collection)
    token = read(tenant, path, ids=["lock"])["read_token"]

    def race(number):
        operations = [add("lock", f"by {number}"), add(f"job {number}", "done")]
        return commit(tenant, path, token, operations, ["lock"])[0]

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(race, range(24)))
    assert sorted(answers) == [200] + [409] * 23
    records = collection.get()
    winner = answers.index(200)
    assert dict(zip(records["ids"], records["documents"])) == {
        "lock": f"by {winner}", f"job {winner}": "done"}


@pytest.mark.parametrize("kind", ["stop", "kill"])
def test_a_commit_and_what_it_rules_out_survive_a_restart(own_server, kind):
    server = own_server().start()
    tenant = make_tenant(server)
    collection = tenant.cloud_client().create_collection("kept", embedding_function=None)
    path = tenant.collection_path(collection)
    collection.add(ids=["a", "b"], embeddings=[[1], [2]])
    token = read(tenant, path)["read_token"]
    operations = [add("c", "new"), change("delete", "a"), change("update", "b", documents=["B"])]
    assert expect(commit(tenant, path, token, operations, ["a"]))["record_count"] == 3
    server.stop() if kind == "stop" else server.kill()
    server.start()
    after = read(tenant, path)
    assert (after["ids"], after["documents"]) == (["b", "c"], ["B", "new"])
    # Refused as a conflict, or as stale when the log before it was folded away.
    status, body = commit(tenant, path, token, [add("d", "late")], ["a"])
    assert (status, body["error"]) in [
        (409, "ConditionalWriteConflictError"), (412, "StaleReadError")]
    assert expect(commit(tenant, path, after["read_token"], [add("d", "in time")], ["b"]))
    assert read(tenant, path)["ids"] == ["b", "c", "d"]


def test_another_tenant_neither_reads_nor_commits(server, tenant, collection):
    stranger = make_tenant(server)
    path = tenant.collection_path(collection)
    for answer in (
        stranger.call("POST", path + "/conditional/get", {}),
        commit(stranger, path, None, [add("x", "foreign")]),
    ):
        assert answer[0] == 404
    assert collection.count() == 0
