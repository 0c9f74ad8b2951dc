"""What the server is to reach beside Chroma, as bounds on what the benchmark measures."""

from __future__ import annotations

import dataclasses
import statistics
import typing

import index
from data import PLANTED_WORDS
from rounds import Results
from steps import FILTER_BOUNDS

# What the bounds are for: at other sizes they say how far one is, not whether a promise is kept.
SIZE = "100,000 x 384 and 1,000"
# Recall that a figure needs to count, where it need not be that of the peer.
RECALL_MIN = 0.98
# Up to so many records every answer is exact.
EXACT_RECORDS_MAX = 20_000
# Rounding of the shares that recall is the mean of.
RECALL_TOLERANCE = 1e-9
INDEX_PEER = "hnswlib"


@dataclasses.dataclass
class Figure:
    """What was measured; `is_right` is whether its recall is what it has to be."""

    value: float
    recall: float | None = None
    is_right: bool = True


@dataclasses.dataclass(frozen=True)
class Goal:
    says: str
    bound: float
    # None: it was not measured.
    measure: typing.Callable[[Evidence], Figure | None]
    is_most: bool = False


@dataclasses.dataclass
class Verdict:
    """A goal and what was measured of it."""

    says: str
    bound: float
    is_most: bool
    measured: float
    recall: float | None
    met: bool


class Evidence:
    """All that a run measured: A is our server, B its peer if there is one."""

    def __init__(self, results: Results, indexes: dict[str, dict], records: int):
        self.results, self.indexes, self.records = results, indexes, records

    def sides(self, step: str, field: str) -> list[list[float]]:
        runs = self.results.runs.get(step, {})
        found = [[getattr(m, field) for m in runs.get(name, [])] for name in self.results.names]
        return [[value for value in side if value is not None] for side in found]

    def times_peer(self, sides: list[list[float]]) -> float | None:
        """The median of the rounds' own ratios of A to B."""
        each = [a / b for a, b in zip(*sides) if b] if len(sides) == 2 else []
        return statistics.median(each) if each else None

    def recall(self, step: str) -> list[float]:
        """Of A, then of B, as far as it is known."""
        return [statistics.median(side) for side in self.sides(step, "recall") if side]


def judge(results: Results, indexes: dict[str, dict], records: int) -> list[Verdict]:
    """A verdict on each goal of which there is a figure."""
    evidence, verdicts = Evidence(results, indexes, records), []
    for goal in GOALS:
        if (figure := goal.measure(evidence)) is None:
            continue
        within = figure.value <= goal.bound if goal.is_most else figure.value >= goal.bound
        verdicts.append(
            Verdict(
                goal.says, goal.bound, goal.is_most, figure.value, figure.recall,
                within and figure.is_right,
            )
        )
    return verdicts


def figure(
    value: float | None, recall: typing.Sequence[float] = (), least: float = 0
) -> Figure | None:
    """Right if the first recall is no less than the others and `least`."""
    if value is None:
        return None
    ours, *others = recall or [None]
    is_right = ours is None or ours >= max([least, *others]) - RECALL_TOLERANCE
    return Figure(value, ours, is_right)


def beside_peer(step: str, field: str = "rate"):
    return lambda run: figure(run.times_peer(run.sides(step, field)), run.recall(step))


def beside_peer_at_recall(step: str):
    """A filtered step: the recall that it needs is a fixed one."""
    return lambda run: figure(
        run.times_peer(run.sides(step, "rate")), run.recall(step)[:1], RECALL_MIN
    )


def cost_beside_peer(costs: typing.Callable[[Results], dict], key: str):
    def measure(run: Evidence) -> Figure | None:
        sides = [[cost[key] for cost in costs(run.results)[name]] for name in run.results.names]
        return figure(run.times_peer(sides))

    return measure


def small(key: str):
    return cost_beside_peer(lambda results: results.small, key)


def footprint(key: str):
    return cost_beside_peer(lambda results: results.footprints, key)


def index_ratio(run: Evidence, data: str, name: str) -> float | None:
    result = run.indexes.get(data)
    if not result or INDEX_PEER not in result["figures"]:
        return None
    return index.ratio(name, result, INDEX_PEER)


def index_beside_peer(data: str, name: str):
    return lambda run: figure(index_ratio(run, data, name))


def hot_bytes_beside_peer(data: str):
    def measure(run: Evidence) -> Figure | None:
        times_less = index_ratio(run, data, index.HOT_BYTES)
        return figure(1 / times_less if times_less else None)

    return measure


def outside_search(step: str):
    def measure(run: Evidence) -> Figure | None:
        ours = run.sides(step, "outside_search")[0]
        return figure(statistics.median(ours) if ours else None)

    return measure


def exact_recall(run: Evidence) -> Figure | None:
    recall = run.recall("query4")[:1] if run.records <= EXACT_RECORDS_MAX else []
    return figure(*recall, recall) if recall else None


def at_least(says: str, bound: float, measure) -> Goal:
    return Goal(says, bound, measure)


def at_most(says: str, bound: float, measure) -> Goal:
    return Goal(says, bound, measure, is_most=True)


AT_RECALL = index.rate_name(RECALL_MIN)
GOALS = [
    at_least("queries at 16, recall no less than the peer's", 25, beside_peer("query16")),
    at_most("their p99", 1 / 20, beside_peer("query16", "p99_ms")),
    at_least("ingest by 4 writers", 30, beside_peer("ingest")),
    at_most("first write until all is indexed", 1 / 10, beside_peer("indexed", "p50_ms")),
    *[
        at_least(f"{says} {share} %", 100, beside_peer_at_recall(f"{name}{share}"))
        for name, says in [("filter", "filter at random,"), ("side", "correlated filter,")]
        for share in FILTER_BOUNDS
    ],
    *[
        at_least(f"$contains, {share} %", 100, beside_peer_at_recall(f"contains{share}"))
        for share in PLANTED_WORDS
    ],
    at_least("single adds at 16", 50, beside_peer("add16")),
    at_least("small collections, filling", 30, small("fill")),
    at_most("their first query", 1 / 100, small("first_query_ms")),
    at_most("their memory", 1 / 10, small("rss_mb")),
    at_most("their disk", 1 / 10, small("disk_mb")),
    at_most("first query after a restart", 1 / 5, footprint("first_query_s")),
    at_most("the same, cache evicted", 1 / 5, footprint("cold_query_s")),
    at_least(f"recall of at most {EXACT_RECORDS_MAX:,} records", 1, exact_recall),
    at_most("CPU outside search, queries at 16", 0.6, outside_search("query16")),
    at_least("index, 384-d, recall 0.98", 3, index_beside_peer("mixture-384", AT_RECALL)),
    at_least("index, 1536-d, recall 0.98", 4, index_beside_peer("mixture-1536", AT_RECALL)),
    at_least("index, 384-d, build", 5, index_beside_peer("mixture-384", index.BUILD)),
    at_most("index, 384-d, hot bytes", 1 / 4, hot_bytes_beside_peer("mixture-384")),
]
