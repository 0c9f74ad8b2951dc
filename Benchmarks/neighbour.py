#!/usr/bin/env python3
"""What a tenant feels of a neighbour's flood: its latencies alone and beside it, in turn.

The quiet tenant sends one query at a time. The loud one sends requests of ten queries each over
many connections, as fast as they are answered. Nothing holds it to a rate: what protects the
quiet tenant is how searches share the processors.

Where there are cores enough, server and both load generators have cores of their own, so that
what is seen is the server; --shared has them share.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import json
import pathlib
import statistics
import tempfile
import time

import bodies
import cores
import load
from collection import Collection
from connection import Connection
from cores import Cores
from data import Dataset
from servers import TesseraServer
from settings import INGEST_BATCH, INGEST_WRITERS, RESULTS

ROWS, DIMENSION = 10_000, 384
QUERIES_EACH, FLOOD_CONNECTIONS = 10, 64
LEAD_SECONDS = 1


class Tenant:
    """One tenant of a running server, with the fields that `Collection` and `load` ask for.

    Its load is made on cores of its own.
    """

    def __init__(self, server: TesseraServer, name: str, own_cores: set[int]):
        self.cores = own_cores
        self.url, self.tenant, self.database = server.url, name, "main"
        admin = Connection(server.admin_url, server.admin_token)
        admin.post("/v1/tenants", bodies.encode({"tenantId": name}))
        made = bodies.encode({"databaseId": self.database})
        admin.post(f"/v1/tenants/{name}/databases", made)
        token = bodies.encode({"displayName": "benchmark", "role": "admin"})
        self.token = admin.post(f"/v1/tenants/{name}/tokens", token)["secret"]
        admin.close()

    def database_path(self) -> str:
        return f"/api/v2/tenants/{self.tenant}/databases/{self.database}"

    def fill(self, dataset: Dataset):
        self.collection = Collection(self, "records")
        batches = bodies.batches(dataset, INGEST_BATCH)
        load.send_once(self, load.posts(f"{self.collection.path}/add", batches), INGEST_WRITERS)

    def query(self, requests: list[bytes], connections: int, seconds: int) -> load.Load:
        cores.stay_on(self.cores)
        posts = load.posts(f"{self.collection.path}/query", requests)
        return load.send_rotating(self, posts, connections, seconds)


def several(queries) -> bytes:
    body = json.loads(bodies.query(queries[0], RESULTS))
    body["query_embeddings"] = [query.tolist() for query in queries]
    return bodies.encode(body)


def measure(quiet: Tenant, loud: Tenant, dataset: Dataset, rounds: int, seconds: int):
    """For each round the quiet tenant's load alone, then beside the flood, and the flood."""
    ones = [bodies.query(query, RESULTS) for query in dataset.queries]
    tens = [
        several(dataset.queries[start : start + QUERIES_EACH])
        for start in range(0, len(dataset.queries), QUERIES_EACH)
    ]
    quiet.query(ones, 1, LEAD_SECONDS)
    for _ in range(rounds):
        alone = quiet.query(ones, 1, seconds)
        with concurrent.futures.ThreadPoolExecutor(1) as background:
            flood = background.submit(
                loud.query, tens, FLOOD_CONNECTIONS, seconds + 2 * LEAD_SECONDS
            )
            time.sleep(LEAD_SECONDS)
            beside = quiet.query(ones, 1, seconds)
            yield alone, beside, flood.result()


def show(name: str, loads: list[load.Load]):
    p50 = statistics.median(one.times.p50_ms for one in loads)
    p99 = statistics.median(one.times.p99_ms for one in loads)
    rate = statistics.median(one.requests_per_second for one in loads)
    failures = sum(one.failures for one in loads)
    print(f"{name:14} {rate:8.0f} req/s  p50 {p50:7.2f} ms  p99 {p99:7.2f} ms  failed {failures}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", type=pathlib.Path, required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--shared", action="store_true", help="the same cores for all")
    flags = parser.parse_args()
    split = Cores.shared() if flags.shared or not cores.are_enough() else Cores.apart()
    print(split)
    dataset = Dataset.make(ROWS, DIMENSION)
    with tempfile.TemporaryDirectory() as directory:
        server = TesseraServer("neighbours", pathlib.Path(directory), flags.binary)
        cores.stay_on(split.server)
        server.start()
        try:
            quiet = Tenant(server, "quiet", split.quiet)
            loud = Tenant(server, "loud", split.loud)
            for tenant in (quiet, loud):
                tenant.fill(dataset)
            time.sleep(5)  # until all is sealed and indexed
            seen = list(measure(quiet, loud, dataset, flags.rounds, flags.seconds))
        finally:
            server.stop()
    alone, beside, flood = zip(*seen)
    show("quiet, alone", alone)
    show("quiet, beside", beside)
    show("the flood", flood)
    ratios = [b.times.p99_ms / a.times.p99_ms for a, b in zip(alone, beside)]
    print(
        f"p99 beside / alone: {statistics.median(ratios):.2f}"
        f" ({min(ratios):.2f}-{max(ratios):.2f})"
    )


if __name__ == "__main__":
    main()
