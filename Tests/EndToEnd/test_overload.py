"""More requests than the server takes, and clients that do not read what they asked for."""

import http.client
import json
import socket
import threading
import time
import urllib.parse

from server import call, wait_until
from tenancy import expect, make_tenant

REQUESTS_MAX = 4
CLIENTS = 10 * REQUESTS_MAX
SECONDS = 5
# SlowClientHandler's time for an answer to move, and room for a busy machine.
STALLED_SECONDS, ROOM_SECONDS = 30, 40
MEMORY_GROWTH_BYTES_MAX = 256 << 20


def filled(server, rows, dimension, document):
    tenant = make_tenant(server)
    made = expect(tenant.call("POST", "/collections", {"name": "things"}))
    path = f"/collections/{made['id']}"
    for start in range(0, rows, 250):
        ids = [str(i) for i in range(start, min(start + 250, rows))]
        expect(tenant.call("POST", path + "/add", {
            "ids": ids, "documents": [document] * len(ids),
            "embeddings": [[float((int(i) * j) % 97) for j in range(dimension)] for i in ids]}),
            201)
    return tenant, tenant.path + path


def resident_bytes(server):
    for line in open(f"/proc/{server.process.pid}/status", encoding="utf-8"):
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise AssertionError("no VmRSS")


def test_ten_times_too_many_clients_are_refused_quickly_and_the_others_served(own_server):
    server = own_server(HTTP_REQUESTS_MAX=REQUESTS_MAX, RATE_LIMITS="off").start()
    tenant, path = filled(server, 2000, 64, "some words")
    address = urllib.parse.urlsplit(server.url)
    body = json.dumps({"query_embeddings": [[1.0] * 64] * 20, "n_results": 100})
    answers, over = [], threading.Event()

    def work():
        connection = http.client.HTTPConnection(address.hostname, address.port, timeout=30)
        while not over.is_set():
            connection.request("POST", path + "/query", body, {
                "X-Chroma-Token": tenant.token, "Content-Type": "application/json"})
            answer = connection.getresponse()
            answer.read()
            answers.append((answer.status, answer.headers.get("Retry-After")))

    before = resident_bytes(server)
    workers = [threading.Thread(target=work) for _ in range(CLIENTS)]
    for worker in workers:
        worker.start()
    deadline, health = time.monotonic() + SECONDS, []
    while time.monotonic() < deadline:
        health.append(call("GET", server.endpoints["admin_http"] + "/livez")[0])
        health.append(call("GET", server.url + "/api/v2/heartbeat")[0])
        time.sleep(0.05)
    over.set()
    for worker in workers:
        worker.join(60)
    statuses = {status for status, _ in answers}
    assert statuses == {200, 429}, statuses
    assert {after for status, after in answers if status == 429} == {"1"}
    assert set(health) == {200}
    assert resident_bytes(server) - before < MEMORY_GROWTH_BYTES_MAX
    assert call("GET", server.url + tenant.path + "/collections", token=tenant.token)[0] == 200


def test_a_client_that_does_not_read_its_answers_is_dropped(own_server):
    server = own_server().start()
    tenant, path = filled(server, 1000, 16, "word " * 3000)
    address = urllib.parse.urlsplit(server.url)
    body = json.dumps({"limit": 300, "include": ["documents"]}).encode()
    request = (
        f"POST {path}/get HTTP/1.1\r\nHost: x\r\nX-Chroma-Token: {tenant.token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n").encode() + body
    lazy = socket.create_connection((address.hostname, address.port))
    # More than the sockets between the two hold.
    lazy.sendall(request * 4)
    place = lazy.getsockname()[1]
    assert wait_until(lambda: place in peers(address.port), 20)
    time.sleep(STALLED_SECONDS / 2)
    assert place in peers(address.port)
    assert wait_until(lambda: place not in peers(address.port), STALLED_SECONDS + ROOM_SECONDS)


def peers(port):
    """The ports of those with whom the server has an open connection."""
    found = set()
    for line in open("/proc/net/tcp", encoding="utf-8").readlines()[1:]:
        _, local, remote, state = line.split()[:4]
        if int(local.split(":")[1], 16) == port and state == "01":
            found.add(int(remote.split(":")[1], 16))
    return found
