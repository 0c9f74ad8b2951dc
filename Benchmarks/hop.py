#!/usr/bin/env python3
"""What a request costs more when the engine is another process.

    hop.py --binary .build/release/tessera

Starts one process with all roles, and then a control plane, an engine and a frontend, and makes
the same requests of both, one after the other over one connection. Loopback and mutual TLS: what
a network adds comes on top. Beside the time, what the processes' processors worked: that figure
stands on a busy machine too.
"""

import argparse
import http.client
import json
import os
import pathlib
import statistics
import sys
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "Tests/EndToEnd"))

from installation import Installation  # noqa: E402
from server import Server, temporary_directory  # noqa: E402

DIMENSION = 384
RECORDS = 1000
LARGE_RECORDS = 2000
LARGE_ROUNDS = 5


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", required=True, help="the tessera to measure")
    parser.add_argument("--rounds", type=int, default=2000, help="requests of each kind")
    return parser.parse_args()


class Client:
    """One connection with a token."""

    def __init__(self, server):
        start = server.bootstrap
        parts = urllib.parse.urlsplit(server.url)
        self.connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
        self.headers = {"x-chroma-token": start["token"], "content-type": "application/json"}
        self.base = f"/api/v2/tenants/{start['tenant']}/databases/{start['database']}"

    def ask(self, method, path, body=None):
        data = body if isinstance(body, (bytes, type(None))) else json.dumps(body)
        self.connection.request(method, self.base + path, data, self.headers)
        answer = self.connection.getresponse()
        raw = answer.read()
        assert answer.status in (200, 201), raw
        return json.loads(raw)


def batch(first, count):
    return json.dumps({
        "ids": [str(first + number) for number in range(count)],
        "embeddings": [[(first + number) % 97 / 97] * DIMENSION for number in range(count)],
    }).encode()


def measure(server, rounds):
    """By kind of request, in milliseconds: median, 99th percentile and processor time of one."""
    client = Client(server)
    path = "/collections/" + client.ask("POST", "/collections", {"name": "hop"})["id"]
    client.ask("POST", f"{path}/upsert", batch(0, RECORDS))
    one, large = batch(0, 1), batch(0, LARGE_RECORDS)
    query = json.dumps({"query_embeddings": [[0.5] * DIMENSION], "n_results": 10}).encode()
    kinds = {
        "count": (rounds, lambda: client.ask("GET", f"{path}/count")),
        "query of 10": (rounds, lambda: client.ask("POST", f"{path}/query", query)),
        "write of 1": (rounds, lambda: client.ask("POST", f"{path}/upsert", one)),
        f"write of {LARGE_RECORDS}": (
            LARGE_ROUNDS, lambda: client.ask("POST", f"{path}/upsert", large)),
        f"get of {LARGE_RECORDS}": (
            LARGE_ROUNDS,
            lambda: client.ask("POST", f"{path}/get", {"include": ["embeddings"]})),
    }
    return {name: timed(server, *kind) for name, kind in kinds.items()}


def timed(server, rounds, work):
    for _ in range(max(rounds // 10, 1)):
        work()
    spent, before = [], processor_seconds(server)
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        spent.append((time.perf_counter() - start) * 1000)
    worked = (processor_seconds(server) - before) * 1000 / rounds
    return statistics.median(spent), statistics.quantiles(spent, n=100)[98], worked


def processor_seconds(server):
    """What the server's processes have used so far, their PostgreSQL not counted."""
    ticks = 0
    for process in getattr(server, "processes", [server]):
        fields = pathlib.Path(f"/proc/{process.process.pid}/stat").read_text().rsplit(")", 1)[1]
        ticks += sum(map(int, fields.split()[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


def main():
    options = arguments()
    found = []
    settings = {"LOG_LEVEL": "warning", "RATE_LIMITS": "off"}
    for server in (
            Server(options.binary, temporary_directory(), settings),
            Installation(options.binary, frontends=1, settings=settings)):
        try:
            found.append(measure(server.start(), options.rounds))
        finally:
            server.remove()
    one, split = found
    columns = ["p50", "p99", "cpu"]
    heads = [f"{place} {column}" for column in columns for place in ("one", "split")]
    print(f"{'milliseconds':14}", *(f"{head:>9}" for head in heads))
    for name in one:
        pairs = [value for both in zip(one[name], split[name]) for value in both]
        print(f"{name:14}", *(f"{value:9.2f}" for value in pairs))


if __name__ == "__main__":
    main()
