"""A bit goes bad in a segment of one collection: that one answers 503, nobody else notices."""

import json

from server import wait_until
from tenancy import expect, make_tenant

ROWS = 300
# Enough for the seal to merge them with the rows before.
MORE = 200


def records(first, count):
    numbers = range(first, first + count)
    return {
        "ids": [str(number) for number in numbers],
        "embeddings": [[number, 1] for number in numbers],
        "documents": [f"document {number}." for number in numbers]}


def make_collection(tenant, name, rows):
    path = f"/collections/{expect(tenant.call('POST', '/collections', {'name': name}))['id']}"
    expect(tenant.call("POST", f"{path}/add", rows), 201)
    return path


def segments(server):
    """The segment files of all tenants; only one test tenant has any."""
    return sorted((server.data / "tenants").glob("*/segments/*.seg"))


def is_sealed(server):
    """Whether a seal has ended: it removes the checkpoint's log files at last."""
    return segments(server) and not list((server.data / "tenants").glob("*/log/00000001.log"))


def flip_bit(path, text):
    """Flips a bit of a text in place, under any map of the file."""
    place = path.read_bytes().index(text)
    with open(path, "r+b") as file:
        file.seek(place)
        byte = file.read(1)[0]
        file.seek(place)
        file.write(bytes([byte ^ 4]))


def get(tenant, path):
    return tenant.call("POST", f"{path}/get", {"include": ["documents", "embeddings"]})


def expect_refused(server, tenant, path):
    query = {"query_embeddings": [[1, 1]], "n_results": 1}
    for _ in range(3):
        for answer in (
                get(tenant, path), tenant.call("POST", f"{path}/query", query),
                tenant.call("POST", f"{path}/add", records(9_000, 1)),
                tenant.call("GET", f"{path}/count")):
            message = expect(answer, 503)["message"]
            assert "'bad'" in message and "tessera scrub --tenant" in message
            assert str(server.data) not in message
    fork = tenant.call("POST", f"{path}/fork", {"new_name": "fork"})
    assert fork[0] == 503, fork


def expect_good(tenant, path, count):
    found = expect(get(tenant, path))
    assert sorted(found["documents"]) == sorted(records(0, count)["documents"])
    expect(tenant.call("POST", f"{path}/add", records(count, 1)), 201)
    return count + 1


def complaints(server):
    return [
        line for line in server.log.read_text().splitlines()
        if "collection cannot be served" in line]


def test_flipped_bit(own_server):
    server = own_server().start()
    tenant = make_tenant(server)
    bad = make_collection(tenant, "bad", records(0, ROWS))
    good, count = make_collection(tenant, "good", records(0, 3)), 3
    assert wait_until(lambda: is_sealed(server), 60)
    victim = next(path for path in segments(server) if b"document 250." in path.read_bytes())

    # In a running server that has read it already: noticed when it would be merged.
    flip_bit(victim, b"document 250.")
    expect(tenant.call("POST", f"{bad}/add", records(ROWS, MORE)), 201)
    assert wait_until(lambda: get(tenant, bad)[0] == 503, 60)
    expect_refused(server, tenant, bad)
    count = expect_good(tenant, good, count)
    assert len(complaints(server)) == 1

    # In the next one: noticed when it is read.
    for end in (server.stop, server.kill):
        end()
        server.log.write_text("")
        server.start()
        assert get(tenant, bad)[0] == 503
        expect_refused(server, tenant, bad)
        count = expect_good(tenant, good, count)
        assert len(complaints(server)) == 1
    names = {each["name"] for each in expect(tenant.call("GET", "/collections"))}
    assert names == {"bad", "good"}

    # What the log says to run mends it; the rows beside the damaged ones are kept.
    hint = complaints(server)[0].split("run: tessera ")[1].split('"')[0].split()
    assert server.cli(*hint, check=False).returncode == 2, "the server still runs"
    server.stop()
    assert server.cli(*hint[:-1], check=False).returncode == 1
    server.cli(*hint, check=False)
    report = json.loads(server.cli(*hint[:-1], "--json").stdout)
    assert not [each for each in report[0]["findings"] if each["severity"] == "damage"], report
    server.start()
    assert len(expect(get(tenant, bad))["ids"]) == MORE
    expect(tenant.call("POST", f"{bad}/add", records(0, 1)), 201)
    expect_good(tenant, good, count)


def test_missing_segment_and_deletion(own_server):
    server = own_server().start()
    tenant = make_tenant(server)
    bad = make_collection(tenant, "bad", records(0, ROWS))
    assert wait_until(lambda: is_sealed(server), 60)
    server.stop()
    for path in segments(server):
        path.unlink()
    server.start()
    good, count = make_collection(tenant, "good", records(0, 3)), 3
    expect(get(tenant, bad), 503)
    expect_refused(server, tenant, bad)
    count = expect_good(tenant, good, count)
    expect(tenant.call("DELETE", "/collections/bad"))
    server.restart()
    expect_good(tenant, good, count)
    made = make_collection(tenant, "bad", records(0, 2))
    assert len(expect(get(tenant, made))["ids"]) == 2
