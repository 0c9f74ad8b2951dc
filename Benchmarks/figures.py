"""Figures of one Tessera server that need no peer: files, opening times, memory.

    figures.py --binary PATH [--only collections|memory] [--records N] [--keep]

Two workloads, each on a server of its own with its default configuration:

collections   1,000 collections of 100 records in one tenant: how many files they take, how long
              the tenant takes to open after a restart and after kill -9, and whether each answers.
memory        200,000 records with documents and metadata: resident memory through the ingest and
              after it, split into what the process owns and what it maps.

The exit status says whether every answer was right, never how fast anything was.
"""

from __future__ import annotations

import argparse
import base64
import concurrent.futures
import json
import pathlib
import sys
import threading
import time

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Tests" / "EndToEnd"))

import data  # noqa: E402
from server import Server, call, temporary_directory  # noqa: E402

DIMENSION = 384
COLLECTIONS, RECORDS_EACH = 1_000, 100
BATCH = 500
WRITERS = 4
RESULTS = 10
MIB = 1 << 20


class Tenant:
    """The bootstrap tenant of a server."""

    def __init__(self, server: Server):
        self.server = server
        names = server.bootstrap
        self.token = names["token"]
        self.path = f"/api/v2/tenants/{names['tenant']}/databases/{names['database']}"

    def ask(self, method: str, path: str, body=None):
        while True:
            status, answer = call(
                method, self.server.url + self.path + path, body, self.token, timeout=300)
            if status in (200, 201):
                return answer
            if status != 429:
                sys.exit(f"{method} {path}: {status} {answer}")
            time.sleep(0.2)

    def create(self, name: str) -> str:
        return self.ask("POST", "/collections", {"name": name})["id"]

    def add(self, collection: str, dataset: data.Dataset, rows: range):
        self.ask("POST", f"/collections/{collection}/add", {
            "ids": [dataset.id(row) for row in rows],
            "embeddings": [packed(dataset.vectors[row]) for row in rows],
            "documents": [dataset.documents[row] for row in rows],
            "metadatas": [dataset.metadatas[row] for row in rows]})

    def nearest(self, collection: str, vector: np.ndarray) -> list[str]:
        body = {"query_embeddings": [vector.tolist()], "n_results": RESULTS, "include": []}
        return self.ask("POST", f"/collections/{collection}/query", body)["ids"][0]


class Memory(threading.Thread):
    """Samples the resident memory of a server process, in MiB."""

    PERIOD_SECONDS = 0.25

    def __init__(self, server: Server):
        super().__init__(daemon=True)
        self.status = pathlib.Path(f"/proc/{server.process.pid}/status")
        self.samples, self.stopped = [], threading.Event()
        self.began = time.monotonic()

    def run(self):
        while not self.stopped.wait(self.PERIOD_SECONDS):
            self.samples.append((time.monotonic() - self.began, self.read()))

    def read(self) -> dict[str, int]:
        fields = dict(
            line.split(":") for line in self.status.read_text().splitlines() if "kB" in line)
        return {name: int(fields[name].split()[0]) // 1024
                for name in ("VmRSS", "RssAnon", "RssFile")}

    def peak(self, name: str) -> int:
        return max(sample[name] for _, sample in self.samples)


def packed(vector: np.ndarray) -> str:
    return base64.b64encode(vector.astype("<f4").tobytes()).decode()


def in_parallel(body, items):
    with concurrent.futures.ThreadPoolExecutor(WRITERS) as pool:
        return list(pool.map(body, items))


def tenant_files(server: Server) -> list[pathlib.Path]:
    return [path for path in (server.data / "tenants").rglob("*") if path.is_file()]


def wait_until_sealed(server: Server):
    """Until the files of the tenants have not changed for a few seconds."""
    before, since = None, time.monotonic()
    while time.monotonic() - since < 5:
        now = [(path, path.stat().st_size) for path in tenant_files(server) if path.exists()]
        if now != before:
            before, since = now, time.monotonic()
        time.sleep(0.5)


def collections(server: Server) -> dict:
    dataset = data.Dataset.make(COLLECTIONS * RECORDS_EACH, DIMENSION)
    tenant = Tenant(server)

    def fill(number: int) -> str:
        collection = tenant.create(f"collection-{number:04d}")
        tenant.add(collection, dataset, rows_of(number))
        return collection

    ids = in_parallel(fill, range(COLLECTIONS))
    wait_until_sealed(server)
    files = tenant_files(server)
    figures = {
        "collections": COLLECTIONS, "records_each": RECORDS_EACH, "dimension": DIMENSION,
        "files": len(files), "files_mib": sum(path.stat().st_size for path in files) // MIB,
        "file_names": sorted(path.name for path in files),
    }
    for kind, end in (("after_stop", server.stop), ("after_kill_9", server.kill)):
        end()
        server.start()
        began = time.monotonic()
        tenant.ask("GET", "/collections_count")
        figures[f"open_seconds_{kind}"] = round(time.monotonic() - began, 3)
    began = time.monotonic()
    right = in_parallel(lambda n: answers_right(tenant, ids[n], dataset, n), range(COLLECTIONS))
    figures["queries_seconds"] = round(time.monotonic() - began, 3)
    figures["answered_right"] = sum(right)
    figures["is_right"] = all(right)
    return figures


def rows_of(number: int) -> range:
    return range(number * RECORDS_EACH, (number + 1) * RECORDS_EACH)


def answers_right(tenant: Tenant, collection: str, dataset: data.Dataset, number: int) -> bool:
    """Whether the nearest records are those that numpy finds."""
    query = dataset.queries[number % len(dataset.queries)]
    rows = rows_of(number)
    exact = np.argsort(((dataset.vectors[rows.start:rows.stop] - query) ** 2).sum(axis=1))
    expected = [dataset.id(rows.start + int(row)) for row in exact[:RESULTS]]
    return tenant.nearest(collection, query) == expected


def memory(server: Server, count: int) -> dict:
    dataset = data.Dataset.make(count, DIMENSION)
    tenant = Tenant(server)
    collection = tenant.create("large")
    sampler = Memory(server)
    idle = sampler.read()
    sampler.start()
    began = time.monotonic()
    in_parallel(
        lambda start: tenant.add(collection, dataset, range(start, min(start + BATCH, count))),
        range(0, count, BATCH))
    ingest_seconds = time.monotonic() - began
    wait_until_sealed(server)
    settled = sampler.read()
    tenant.nearest(collection, dataset.queries[0])
    sampler.stopped.set()
    counted = tenant.ask("GET", f"/collections/{collection}/count")
    every = max(1, len(sampler.samples) // 24)
    return {
        "records": count, "dimension": DIMENSION, "ingest_seconds": round(ingest_seconds, 1),
        "files_mib": sum(path.stat().st_size for path in tenant_files(server)) // MIB,
        "idle_mib": idle, "settled_mib": settled,
        "peak_mib": {name: sampler.peak(name) for name in idle},
        "over_time": [[round(at), sample] for at, sample in sampler.samples[::every]],
        "is_right": counted == count,
    }


def show(name: str, figures: dict):
    print(f"\n{name}")
    for key, value in figures.items():
        if key == "over_time":
            print("  seconds    VmRSS  RssAnon  RssFile  (MiB)")
            for at, sample in value:
                print("  {:7d}  {:7d}  {:7d}  {:7d}".format(at, *sample.values()))
        else:
            print(f"  {key:24} {value}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", required=True)
    parser.add_argument("--only", choices=["collections", "memory"])
    parser.add_argument("--records", type=int, default=200_000, help="of the memory workload")
    parser.add_argument("--json", type=pathlib.Path, help="write the figures to this file")
    parser.add_argument("--keep", action="store_true", help="keep data and logs")
    options = parser.parse_args()
    workloads = {"collections": collections, "memory": lambda s: memory(s, options.records)}
    done = {}
    for name, workload in workloads.items():
        if options.only not in (None, name):
            continue
        server = Server(options.binary, temporary_directory()).start()
        try:
            done[name] = workload(server)
        finally:
            if options.keep:
                server.kill()
                print(f"kept {server.root}")
            else:
                server.remove()
        show(name, done[name])
    if options.json:
        options.json.write_text(json.dumps(done, indent=1))
    return 0 if all(figures["is_right"] for figures in done.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
