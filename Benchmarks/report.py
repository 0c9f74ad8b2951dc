"""One table of ratios for people, and everything measured as JSON for programs."""

from __future__ import annotations

import dataclasses
import json
import os
import pathlib
import platform
import statistics
import subprocess
import time
from importlib import metadata

import psutil

import goals
import index
from goals import Verdict
from rounds import Results
from settings import Settings

# The generator has one thread: this near to its limit, it may have been what was measured.
GENERATOR_CORES_MAX = 0.9
HEADINGS = ["", "A", "B", "A/B", "p50 ms A, B", "p99 ms A, B", "CPU µs A, B", "B/A", "recall A, B"]
GOAL_HEADINGS = ["goal", "bound", "measured", "recall", ""]
FOOTPRINT = {
    "rss_mb": "memory of the server, MB",
    "pss_mb": "memory with helpers (PSS), MB",
    "disk_mb": "disk when all is indexed, MB",
    "first_start_s": "first start, s",
    "restart_s": "restart on that data, s",
    "first_query_s": "first query after it, s",
    "cold_query_s": "the same, cache evicted, s",
}
SMALL = {
    "fill": "small collections, filling, rec/s",
    "first_query_ms": "their first query, ms",
    "rss_mb": "their memory, MB",
    "disk_mb": "their disk, MB",
}


def machine(settings: Settings) -> dict:
    return {
        "cpu": cpu_model(),
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 2**30),
        "kernel": platform.release(),
        "chroma": metadata.version("chromadb"),
        "commit": commit(),
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "records": settings.records,
        "dimension": settings.dimension,
        "data": settings.data,
        "rounds": settings.rounds,
        "seconds_each": settings.seconds,
        "collections": settings.collections,
    }


def cpu_model() -> str:
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def commit() -> str:
    command = ["git", "describe", "--always", "--dirty"]
    here = pathlib.Path(__file__).parent
    return subprocess.run(command, cwd=here, capture_output=True, text=True).stdout.strip()


def table(results: Results, about: dict) -> str:
    """Markdown that also reads well in a terminal."""
    rows = [row for step in results.steps for row in step_rows(results, step)]
    rows += [cost_row(results, results.footprints, key, says) for key, says in FOOTPRINT.items()]
    if any(results.small.values()):
        rows += [cost_row(results, results.small, key, says) for key, says in SMALL.items()]
    return "\n".join([*preamble(results, about), "", *aligned([HEADINGS, *rows]), *notes(results)])


def preamble(results: Results, about: dict) -> list[str]:
    loads = ", ".join(f"{load:.1f}" for load in results.loads)
    sides = [f"{side} = {name}" for side, name in zip("AB", results.names)]
    return [
        f"{', '.join(sides)} (commit {about['commit']}, chromadb {about['chroma']})",
        f"{about['records']} records x {about['dimension']} of {about['data']}, "
        f"medians of {about['rounds']} rounds",
        f"{about['cpu']}, {about['cores']} cores, {about['memory_gb']} GiB, {about['kernel']}; "
        f"load average before each round: {loads}",
    ]


def step_rows(results: Results, step) -> list[list[str]]:
    """The step's row, and below it one for each kind of request that it tells apart."""
    sides = [results.runs[step.name][name] for name in results.names]
    whole = [
        *speed(f"{step.says}, {step.unit}", sides),
        pair(sides, "cpu_micros", ",.0f"),
        ratio([[m.cpu_micros for m in side] for side in reversed(sides)]),
        pair(sides, "recall", ".3f"),
    ]
    names = next((m.parts for side in sides for m in side if m.parts), [])
    parts = [
        speed(f"- the {part.says} of these", [[m.parts[place] for m in side] for side in sides])
        for place, part in enumerate(names)
    ]
    return [whole, *[row + [""] * (len(HEADINGS) - len(row)) for row in parts]]


def speed(says: str, sides: list[list]) -> list[str]:
    """The cells that rates and latencies fill, of measurements or of their parts."""
    return [
        says,
        *pad([text(middle([m.rate for m in side]), ",.0f") for side in sides]),
        ratio([[m.rate for m in side] for side in sides]),
        pair(sides, "p50_ms", ".2f"),
        pair(sides, "p99_ms", ".2f"),
    ]


def pair(sides: list[list], field: str, digits: str) -> str:
    return ", ".join(text(middle([getattr(m, field) for m in side]), digits) for side in sides)


def cost_row(results: Results, costs: dict, key: str, says: str) -> list[str]:
    sides = [[cost[key] for cost in costs[name]] for name in results.names]
    digits = ",.3f" if key.endswith("_s") else ",.1f" if key.endswith("_ms") else ",.0f"
    values = [text(middle(side), digits) for side in sides]
    return [says, *pad(values), ratio(sides), *[""] * (len(HEADINGS) - 4)]


def pad(values: list[str]) -> list[str]:
    """Two cells, also when a server is measured alone."""
    return (values + [""])[:2]


def middle(values: list) -> float | None:
    known = [value for value in values if value is not None]
    return statistics.median(known) if known else None


def text(value: float | None, digits: str) -> str:
    return "-" if value is None else format(value, digits)


def ratio(sides: list[list[float]]) -> str:
    """The median of the rounds' own ratios, with the least and the greatest of them."""
    if len(sides) < 2:
        return ""
    each = [a / b for a, b in zip(*sides) if b]
    if not each:
        return "-"
    middle_ratio = f"{statistics.median(each):.2f}"
    if len(each) == 1:
        return middle_ratio
    return f"{middle_ratio} ({min(each):.2f}-{max(each):.2f})"


def aligned(rows: list[list[str]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |"
        for row in rows
    ]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return [lines[0], rule, *lines[1:]]


def notes(results: Results) -> list[str]:
    found = [f"PROBLEM: {problem}" for problem in results.problems]
    for step in results.steps:
        for name, measurements in results.runs[step.name].items():
            if any(m.generator_cores > GENERATOR_CORES_MAX for m in measurements):
                found.append(f"{step.name}, {name}: the load generator may have been the limit")
    found += [share for step in results.steps for share in outside_search(results, step)]
    return ["", *found] if found else []


def outside_search(results: Results, step) -> list[str]:
    """What of a server's CPU wasn't search, where it tells."""
    found = []
    for name, measurements in results.runs[step.name].items():
        share = middle([m.outside_search for m in measurements])
        if share is not None:
            found.append(f"{step.name}, {name}: {share:.0%} of the CPU is spent outside search")
    return found


def goal_lines(verdicts: list[Verdict], about: dict) -> list[str]:
    """A line a goal; bounds and figures are ratios to the peer's, but for shares and recall."""
    size = f"{about['records']:,} x {about['dimension']} and {about['collections']:,}"
    heading = f"Goals, set for {goals.SIZE} small collections; this run: {size}"
    rows = [
        [
            verdict.says,
            f"{'at most' if verdict.is_most else 'at least'} {verdict.bound:.4g}",
            f"{verdict.measured:.4g}",
            text(verdict.recall, ".3f"),
            "met" if verdict.met else "MISSED",
        ]
        for verdict in verdicts
    ]
    met = sum(verdict.met for verdict in verdicts)
    table = aligned([GOAL_HEADINGS, *rows])
    return [heading, "", *table, "", f"{met} of {len(verdicts)} goals met"]


def shown(results: Results, about: dict, indexes: dict, verdicts: list[Verdict]) -> str:
    """Everything that is shown at the end of a run."""
    parts = [table(results, about)]
    parts += [index.table(name, result) for name, result in indexes.items()]
    if verdicts:
        parts.append("\n".join(goal_lines(verdicts, about)))
    return "\n\n".join(parts)


def save(
    results: Results, about: dict, indexes: dict, verdicts: list[Verdict], folder: pathlib.Path
) -> pathlib.Path:
    """Writes the table and the JSON beside it; returns the JSON's path."""
    folder.mkdir(parents=True, exist_ok=True)
    stem = folder / time.strftime("%Y%m%d-%H%M%S")
    content = {
        "about": about,
        "load_average": results.loads,
        "servers": results.names,
        "steps": {
            step: {name: [dataclasses.asdict(m) for m in found] for name, found in sides.items()}
            for step, sides in results.runs.items()
        },
        "footprints": results.footprints,
        "small_collections": results.small,
        "index": indexes,
        "goals": [dataclasses.asdict(verdict) for verdict in verdicts],
        "problems": results.problems,
    }
    stem.with_suffix(".md").write_text(shown(results, about, indexes, verdicts) + "\n")
    stem.with_suffix(".json").write_text(json.dumps(content, indent=1) + "\n")
    return stem.with_suffix(".json")
