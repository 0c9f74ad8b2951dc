"""The steps of the benchmark, in the order in which they run."""

from __future__ import annotations

import dataclasses
import time
import typing

import bodies
import data
import load
from collection import Collection
from data import Dataset
from settings import INGEST_BATCH, INGEST_WRITERS, RESULTS

WARM_UP_SECONDS = 1
POLL_SECONDS = 0.05
# What an index made superfluous is removed after it.
SETTLE_SECONDS = 1


class WrongAnswer(Exception):
    """A server answered with success, but not with what is true."""


@dataclasses.dataclass
class Measurement:
    """One run of one step on one server."""

    # Requests or records a second, as the step's unit says.
    rate: float
    p50_ms: float
    p99_ms: float
    # CPU of all the server's processes per request or record: what a busy machine disturbs least.
    cpu_micros: float
    failures: int
    generator_cores: float
    recall: float | None = None
    # Part of the CPU that wasn't spent in searches, as the server itself counts; None: unknown.
    outside_search: float | None = None


class Subject:
    """A server in one round of the benchmark, with the collection that its steps share."""

    def __init__(self, server, dataset: Dataset, round_number: int, seconds: int):
        self.server, self.dataset, self.seconds = server, dataset, seconds
        self.round_number = round_number
        self.indexed_seconds = 0.0
        # Disk when all of the data is indexed: later steps add more on the faster server.
        self.indexed_disk_mb: float | None = None
        self.collection = Collection(server, f"bench-{round_number}")

    def measure(self, units_each: float, send: typing.Callable[[], load.Load]) -> Measurement:
        before, searched_before = self.server.cpu_seconds(), self.server.search_cpu_seconds()
        seen = send()
        spent = self.server.cpu_seconds() - before
        searched = self.server.search_cpu_seconds() - searched_before
        units = max(seen.requests * units_each, 1)
        return Measurement(
            rate=seen.requests_per_second * units_each,
            p50_ms=seen.p50_ms,
            p99_ms=seen.p99_ms,
            cpu_micros=spent / units * 1e6,
            failures=seen.failures,
            generator_cores=seen.generator_cores,
            outside_search=1 - searched / spent if searched and spent else None,
        )

    def rotate(self, path: str, requests: list[bytes], connections: int) -> Measurement:
        """Sends the requests in turn: a short while to warm up, then measured."""
        load.send_rotating(self.server, path, requests, connections, WARM_UP_SECONDS)
        return self.measure(
            1, lambda: load.send_rotating(self.server, path, requests, connections, self.seconds)
        )


@dataclasses.dataclass
class Step:
    name: str
    says: str
    unit: str
    run: typing.Callable[[Subject], Measurement]


def ingest(subject: Subject) -> Measurement:
    batches = bodies.batches(subject.dataset, INGEST_BATCH)
    records = len(subject.dataset)
    path = f"{subject.collection.path}/add"
    began = time.monotonic()
    seen = subject.measure(
        records / len(batches),
        lambda: load.send_once(subject.server, path, batches, INGEST_WRITERS),
    )
    if subject.collection.count() != records:
        raise WrongAnswer(f"{subject.collection.count()} records, {records} were added")
    # Waited for here, before the peer's turn, so that its ingest isn't counted as our indexing.
    while not subject.server.is_indexed(subject.collection.path, subject.dataset.queries[0]):
        time.sleep(POLL_SECONDS)
    subject.indexed_seconds = time.monotonic() - began
    time.sleep(SETTLE_SECONDS)
    subject.indexed_disk_mb = subject.server.disk_mb()
    return seen


def query(connections: int, where=None, where_document=None, select=None):
    """A step of nearest-neighbour queries; `select` tells the rows that the filter admits."""

    def run(subject: Subject) -> Measurement:
        dataset = subject.dataset
        requests = [
            bodies.query(vector, RESULTS, where, where_document) for vector in dataset.queries
        ]
        seen = subject.rotate(f"{subject.collection.path}/query", requests, connections)
        mask = select(dataset) if select else None
        seen.recall = subject.collection.recall(dataset, where, where_document, mask)
        return seen

    return run


def bounded_query(key: str, bound: int):
    where = {key: {"$lt": bound}}
    return query(4, where=where, select=lambda dataset: dataset.below(key, bound))


def containing_query(share: float):
    where = {"$contains": data.PLANTED_WORDS[share]}
    return query(4, where_document=where, select=lambda dataset: dataset.holding[share])


def get_by_id(subject: Subject) -> Measurement:
    rows = data.random(7).integers(len(subject.dataset), size=data.QUERIES)
    requests = [bodies.get(Dataset.id(row)) for row in rows]
    return subject.rotate(f"{subject.collection.path}/get", requests, 4)


def single_adds(subject: Subject) -> Measurement:
    """Into a collection of their own, as the faster server ends up with more records."""
    target = Collection(subject.server, f"bench-adds-{subject.round_number}")
    rows = range(min(len(subject.dataset), data.QUERIES))
    requests = [
        bodies.add(subject.dataset, range(row, row + 1), [load.UNIQUE_MARK]) for row in rows
    ]
    # No warm-up: it would use up ids that the measured run then finds taken.
    return subject.measure(
        1, lambda: load.send_rotating(
            subject.server, f"{target.path}/add", requests, 16, subject.seconds
        )
    )


def mixed(subject: Subject) -> Measurement:
    """Nine queries and one add, again and again; into the collection, so it is the last step."""
    dataset = subject.dataset
    adds = [
        bodies.add(dataset, range(row, row + 1), [load.UNIQUE_MARK])
        for row in range(min(len(dataset), data.QUERIES // 9))
    ]
    requests = []
    for place, vector in enumerate(dataset.queries):
        requests.append(load.to(f"{subject.collection.path}/query", bodies.query(vector, RESULTS)))
        if place % 9 == 8 and place // 9 < len(adds):
            requests.append(load.to(f"{subject.collection.path}/add", adds[place // 9]))
    return subject.measure(
        1, lambda: load.send_rotating(
            subject.server, f"{subject.collection.path}/query", requests, 16, subject.seconds
        )
    )


def until_indexed(subject: Subject) -> Measurement:
    """Records by the time from the first write until all of them are indexed."""
    seconds = subject.indexed_seconds
    return Measurement(
        rate=len(subject.dataset) / seconds,
        p50_ms=seconds * 1e3,
        p99_ms=seconds * 1e3,
        cpu_micros=0,
        failures=0,
        generator_cores=0,
    )


STEPS = [
    Step("ingest", f"add, batches of {INGEST_BATCH}, {INGEST_WRITERS} writers", "rec/s", ingest),
    Step("indexed", "first write until all is indexed", "rec/s", until_indexed),
    *[Step(f"query{c}", f"query, {c} at a time", "req/s", query(c)) for c in (1, 4, 16, 64)],
    *[
        Step(f"{name}{share}", f"query, {says} {share} %", "req/s", bounded_query(key, bound))
        for name, key, says in [
            ("filter", "bucket", "filter at random admits"),
            ("side", "side", "correlated filter admits"),
        ]
        for share, bound in [(50, 500), (10, 100), (1, 10), (0.1, 1)]
    ],
    *[
        Step(
            f"contains{share}", f"query, $contains admits {share} %", "req/s",
            containing_query(share),
        )
        for share in data.PLANTED_WORDS
    ],
    Step("get", "get by one id", "req/s", get_by_id),
    Step("add16", "add of one record, 16 at a time", "rec/s", single_adds),
    Step("mixed", "nine queries to one add, 16 at a time", "req/s", mixed),
]
