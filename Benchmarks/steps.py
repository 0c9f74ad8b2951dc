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
# Values of `bucket` and `side` below which so many percent of the records lie.
FILTER_BOUNDS = {50: 500, 10: 100, 1: 10, 0.1: 1}
# What an index made superfluous is removed after it.
SETTLE_SECONDS = 1


class WrongAnswer(Exception):
    """A server answered with success, but not with what is true."""


@dataclasses.dataclass
class Part:
    """What one kind of the requests of a step saw."""

    says: str
    rate: float
    p50_ms: float
    p99_ms: float


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
    # Kinds of requests apart, where a step mixes them.
    parts: list[Part] = dataclasses.field(default_factory=list)
    # On the monotonic clock, when the first request was sent.
    began: float | None = None
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

    def measure(
        self, units_each: float, send: typing.Callable[[], load.Load], kinds: tuple[str, ...] = ()
    ) -> Measurement:
        """`kinds` names the kinds of the requests, if they are to be told apart."""
        before, searched_before = self.server.cpu_seconds(), self.server.search_cpu_seconds()
        seen = send()
        spent = self.server.cpu_seconds() - before
        searched = self.server.search_cpu_seconds() - searched_before
        units = max(seen.times.requests * units_each, 1)
        return Measurement(
            rate=seen.requests_per_second * units_each,
            p50_ms=seen.times.p50_ms,
            p99_ms=seen.times.p99_ms,
            cpu_micros=spent / units * 1e6,
            failures=seen.failures,
            generator_cores=seen.generator_cores,
            parts=[
                Part(says, kind.requests / seen.seconds, kind.p50_ms, kind.p99_ms)
                for says, kind in zip(kinds, seen.kinds)
            ],
            began=seen.began,
            outside_search=1 - searched / spent if searched and spent else None,
        )

    def rotate(
        self, requests: list[load.Post], connections: int, kinds: tuple[str, ...] = ()
    ) -> Measurement:
        """Sends the requests in turn: a short while to warm up, then measured."""
        load.send_rotating(self.server, requests, connections, WARM_UP_SECONDS)
        return self.measure(
            1,
            lambda: load.send_rotating(self.server, requests, connections, self.seconds),
            kinds,
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
    requests = load.posts(f"{subject.collection.path}/add", batches)
    seen = subject.measure(
        records / len(batches),
        lambda: load.send_once(subject.server, requests, INGEST_WRITERS),
    )
    if subject.collection.count() != records:
        raise WrongAnswer(f"{subject.collection.count()} records, {records} were added")
    # Waited for here, before the peer's turn, so that its ingest isn't counted as our indexing.
    while not subject.server.is_indexed(subject.collection.path, subject.dataset.queries[0]):
        time.sleep(POLL_SECONDS)
    subject.indexed_seconds = time.monotonic() - seen.began
    time.sleep(SETTLE_SECONDS)
    subject.indexed_disk_mb = subject.server.disk_mb()
    return seen


def query(connections: int, where=None, where_document=None, select=None):
    """A step of nearest-neighbour queries; `select` tells the rows that the filter admits."""

    def run(subject: Subject) -> Measurement:
        dataset = subject.dataset
        asked = (bodies.query(vector, RESULTS, where, where_document) for vector in dataset.queries)
        requests = load.posts(f"{subject.collection.path}/query", asked)
        seen = subject.rotate(requests, connections)
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
    asked = (bodies.get(Dataset.id(row)) for row in rows)
    return subject.rotate(load.posts(f"{subject.collection.path}/get", asked), 4)


def single_adds(subject: Subject) -> Measurement:
    """Into a collection of their own, as the faster server ends up with more records."""
    target = Collection(subject.server, f"bench-adds-{subject.round_number}")
    return subject.rotate(adds_of_one(subject.dataset, target, data.QUERIES), 16)


def adds_of_one(dataset: Dataset, target: Collection, count: int, kind: int = 0):
    """Adds of one record each, of which every one that is sent has an id of its own."""
    return load.posts(
        f"{target.path}/add",
        (
            bodies.add(dataset, range(row, row + 1), [load.UNIQUE_MARK])
            for row in range(min(len(dataset), count))
        ),
        kind,
    )


def mixed(subject: Subject) -> Measurement:
    """Nine queries and one add, again and again; into the collection, so it is the last step."""
    dataset, path = subject.dataset, f"{subject.collection.path}/query"
    queries = load.posts(path, (bodies.query(vector, RESULTS) for vector in dataset.queries))
    adds = adds_of_one(dataset, subject.collection, data.QUERIES // 9, kind=1)
    requests = []
    for place, add in enumerate(adds):
        requests += [*queries[place * 9 : place * 9 + 9], add]
    return subject.rotate(requests, 16, kinds=("queries", "adds"))


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
        for share, bound in FILTER_BOUNDS.items()
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
