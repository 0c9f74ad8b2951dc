"""Many small collections on one server: what a host of many tenants lives on."""

from __future__ import annotations

import concurrent.futures
import statistics
import time

import bodies
from collection import Collection
from connection import Connection
from data import Dataset
from settings import INGEST_WRITERS, RESULTS

RECORDS_EACH = 100


def measure(server, dataset: Dataset, count: int) -> dict[str, float]:
    """Fills `count` collections, then asks each one query, the first it gets."""
    batches = [add_body(dataset, number) for number in range(count)]
    began = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(INGEST_WRITERS) as writers:
        collections = list(writers.map(lambda one: fill(server, *one), enumerate(batches)))
    fill_seconds = time.monotonic() - began
    times = first_queries(server, dataset, collections)
    seen = {
        "fill": count * RECORDS_EACH / fill_seconds,
        "first_query_ms": statistics.median(times) * 1e3,
        "rss_mb": server.memory_mb()["rss"],
        "disk_mb": server.disk_mb(),
    }
    print(f"  small      {server.name:10} {seen['fill']:10.0f} rec/s", flush=True)
    return seen


def add_body(dataset: Dataset, number: int) -> bytes:
    first = number * RECORDS_EACH % max(len(dataset) - RECORDS_EACH, 1)
    return bodies.add(dataset, range(first, min(first + RECORDS_EACH, len(dataset))))


def fill(server, number: int, body: bytes) -> Collection:
    collection = Collection(server, f"small-{number}")
    connection = Connection(server.url, server.token)
    connection.send("POST", f"{collection.path}/add", body)
    connection.close()
    return collection


def first_queries(server, dataset: Dataset, collections: list[Collection]) -> list[float]:
    connection, times = Connection(server.url, server.token), []
    for number, collection in enumerate(collections):
        body = bodies.query(dataset.queries[number % len(dataset.queries)], RESULTS)
        began = time.monotonic()
        connection.send("POST", f"{collection.path}/query", body)
        times.append(time.monotonic() - began)
    connection.close()
    return times
