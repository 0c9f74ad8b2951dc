"""The steps of the benchmark, in the order in which they run."""

from __future__ import annotations

import dataclasses
import typing

import bodies
import data
import load
from collection import Collection
from data import Dataset
from settings import INGEST_BATCH, INGEST_WRITERS, RESULTS

WARM_UP_SECONDS = 1


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


class Subject:
    """A server in one round of the benchmark, with the collection that its steps share."""

    def __init__(self, server, dataset: Dataset, round_number: int, seconds: int):
        self.server, self.dataset, self.seconds = server, dataset, seconds
        self.round_number = round_number
        self.collection = Collection(server, f"bench-{round_number}")

    def measure(self, units_each: float, send: typing.Callable[[], load.Load]) -> Measurement:
        before = self.server.cpu_seconds()
        seen = send()
        spent = self.server.cpu_seconds() - before
        units = max(seen.requests * units_each, 1)
        return Measurement(
            rate=seen.requests_per_second * units_each,
            p50_ms=seen.p50_ms,
            p99_ms=seen.p99_ms,
            cpu_micros=spent / units * 1e6,
            failures=seen.failures,
            generator_cores=seen.generator_cores,
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
    seen = subject.measure(
        records / len(batches),
        lambda: load.send_once(subject.server, path, batches, INGEST_WRITERS),
    )
    if subject.collection.count() != records:
        raise WrongAnswer(f"{subject.collection.count()} records, {records} were added")
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


def bucket_query(bound: int):
    where = {"bucket": {"$lt": bound}}
    return query(4, where=where, select=lambda dataset: dataset.bucket_below(bound))


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


CONTAINS = {"$contains": data.RARE_WORD}

STEPS = [
    Step("ingest", f"add, batches of {INGEST_BATCH}, {INGEST_WRITERS} writers", "rec/s", ingest),
    Step("query1", "query, 1 at a time", "req/s", query(1)),
    Step("query4", "query, 4 at a time", "req/s", query(4)),
    Step("query16", "query, 16 at a time", "req/s", query(16)),
    Step("filter10", "query, filter admits 10 %", "req/s", bucket_query(100)),
    Step("filter1", "query, filter admits 1 %", "req/s", bucket_query(10)),
    Step(
        "contains",
        "query, $contains admits 1 %",
        "req/s",
        query(4, where_document=CONTAINS, select=lambda dataset: dataset.has_rare_word),
    ),
    Step("get", "get by one id", "req/s", get_by_id),
    Step("add16", "add of one record, 16 at a time", "rec/s", single_adds),
]
