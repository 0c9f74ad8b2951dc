#!/usr/bin/env python3
"""The vector index alone beside hnswlib, faiss and usearch: build rate, queries a second of a
core, bytes.

  Benchmarks/run.sh --index [--rounds 3] [--sets mixture-384,text-384,mixture-1536] [--filters]

All take turns, round after round, each in a process of its own with one thread; rates are by
processor time, which a busy machine disturbs least. Recall counts what is as near as the tenth true
neighbour, so that of equal rows any will do. Rates at a recall are interpolated between the
measured breadths.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import pathlib
import statistics
import subprocess
import sys
import time

import numpy as np

import data
import index_peers
import text

NEAREST = 10
QUERIES = 1_000
RECALLS = (0.95, 0.98, 0.99)
BUILD, HOT_BYTES = "build, vectors/s of a core", "hot bytes a vector"
BREADTHS = (10, 16, 24, 32, 40, 48, 64, 80, 96, 128, 200)


def make(directory: pathlib.Path, name: str, rows: int) -> pathlib.Path:
    """The files that both sides read; kept from run to run."""
    kind, dimension = name.split("-")
    path = directory / f"{name}-{rows}"
    if (path / "shape").exists():
        return path
    path.mkdir(parents=True, exist_ok=True)
    if kind == "text":
        vectors = text.vectors(rows + QUERIES, int(dimension))
        base, queries = vectors[:rows], vectors[rows:]
    else:
        mixture = data.Mixture(int(dimension))
        base, _ = mixture.sample(data.random(5, int(dimension)), rows)
        queries, _ = mixture.sample(data.random(6, int(dimension)), QUERIES)
    truth = np.concatenate([nearest(base, part) for part in np.array_split(queries, 10)])
    base.astype(np.float32).tofile(path / "rows.f32")
    queries.astype(np.float32).tofile(path / "queries.f32")
    truth.astype(np.int32).tofile(path / "truth.i32")
    (path / "shape").write_text(f"{len(base)} {dimension} {len(queries)} cosine\n")
    return path


def nearest(base: np.ndarray, queries: np.ndarray) -> np.ndarray:
    products = queries @ base.T
    best = np.argpartition(-products, NEAREST, axis=1)[:, :NEAREST]
    order = np.argsort(-np.take_along_axis(products, best, 1), axis=1)
    return np.take_along_axis(best, order, 1)


def load(path: pathlib.Path):
    rows, dimension, queries, _ = (path / "shape").read_text().split()
    base = np.fromfile(path / "rows.f32", np.float32).reshape(int(rows), int(dimension))
    asked = np.fromfile(path / "queries.f32", np.float32).reshape(int(queries), int(dimension))
    truth = np.fromfile(path / "truth.i32", np.int32).reshape(int(queries), NEAREST)
    return base, asked, truth


def peer(name: str, step: str, path: pathlib.Path) -> list[dict]:
    """A peer's build, or its searches of the saved index."""
    base, queries, truth = load(path)
    library = index_peers.PEERS[name]()
    saved = path / f"{name}.index"
    if step == "build":
        return [peer_build(library, base, saved)]
    library.open(saved, base.shape[1])
    last = np.array([(base[t] @ q).min() - 1e-6 for q, t in zip(queries, truth)])
    return [peer_search(library, breadth, base, queries, last) for breadth in BREADTHS]


def peer_build(library, base: np.ndarray, saved: pathlib.Path) -> dict:
    start, wall = time.process_time(), time.monotonic()
    library.build(base)
    taken, wall_taken = time.process_time() - start, time.monotonic() - wall
    library.save(saved)
    return {
        "step": "build",
        "cpu_seconds": taken,
        "wall_seconds": wall_taken,
        "vectors_per_cpu_second": len(base) / taken,
        "bytes_per_vector": os.path.getsize(saved) / len(base),
    }


def peer_search(
    library, breadth: int, base: np.ndarray, queries: np.ndarray, last: np.ndarray
) -> dict:
    """`last` is how near a row must be to each query to count as found."""
    library.widen(breadth)
    labels = library.search(queries, NEAREST).astype(np.int64)
    found = [(base[row] @ q >= bound).sum() for q, row, bound in zip(queries, labels, last)]
    rates = []
    for _ in range(3):
        start = time.process_time()
        library.search(queries, NEAREST)
        rates.append(len(queries) / (time.process_time() - start))
    return {
        "step": "graph",
        "breadth": breadth,
        "recall": float(np.mean(found)) / NEAREST,
        "queries_per_cpu_second": statistics.median(rates),
    }


def run(command: list[str]) -> list[dict]:
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [json.loads(line) for line in output.splitlines() if line.startswith("{")]


def rate_at(lines: list[dict], recall: float) -> float | None:
    """Queries a second at a recall, on a straight line between logarithms of rates."""
    points = sorted(
        (line["recall"], line["queries_per_cpu_second"])
        for line in lines
        if line["step"] == "graph"
    )
    for (low, slow), (high, fast) in zip(points, points[1:]):
        if low < recall <= high:
            part = (recall - low) / (high - low)
            return math.exp(math.log(slow) * (1 - part) + math.log(fast) * part)
    return max((rate for found, rate in points if found >= recall), default=None)


def measure(binary: str, path: pathlib.Path, rounds: int, peers: list[str]) -> dict:
    """Lines of every run by side and step, and what they come to."""
    here = [sys.executable, os.path.abspath(__file__), "--peer"]
    commands = {"ours": [binary], **{name: [*here, name] for name in peers}}
    load, rows = os.getloadavg()[0], int((path / "shape").read_text().split()[0])
    runs = {name: {"build": [], "search": []} for name in commands}
    for step, times in [("build", 1), ("search", rounds)]:
        for _ in range(times):
            for name, command in commands.items():
                runs[name][step].append(run([*command, step, str(path)]))
    known = {name: figures(side) for name, side in runs.items()}
    return {"rows": rows, "load": load, "figures": known, "runs": runs}


def measure_sets(
    binary: str, directory: pathlib.Path, names: list[str], rows: int, rounds: int
) -> dict[str, dict]:
    """Each set of vectors, beside the peers that are installed."""
    results, peers = {}, index_peers.installed()
    for name in names:
        results[name] = measure(binary, make(directory, name, rows), rounds, peers)
        print(f"\n{table(name, results[name])}", flush=True)
    return results


def middle(rounds: list[list[dict]], recall: float) -> float | None:
    rates = [rate for rate in (rate_at(lines, recall) for lines in rounds) if rate]
    return statistics.median(rates) if rates else None


def figures(side: dict) -> dict[str, float | None]:
    """What the rounds of one side come to."""
    built = side["build"][0][0]
    return {
        BUILD: built["vectors_per_cpu_second"],
        HOT_BYTES: built["bytes_per_vector"],
        **{rate_name(recall): middle(side["search"], recall) for recall in RECALLS},
    }


def rate_name(recall: float) -> str:
    return f"queries/s of a core at {recall}"


def ratio(name: str, result: dict, peer: str) -> float | None:
    """How many times better ours is than the peer; None where either is unknown."""
    ours, theirs = result["figures"]["ours"][name], result["figures"][peer][name]
    if ours is None or theirs is None:
        return None
    return theirs / ours if name == HOT_BYTES else ours / theirs


def table(name: str, result: dict) -> str:
    found = result["figures"]
    peers = [peer for peer in found if peer != "ours"]
    lines = [
        f"{name}: {result['rows']} rows, load average {result['load']:.1f}, one thread",
        f"{'':34}{'ours':>12}" + "".join(f"{peer:>12}{'ratio':>8}" for peer in peers),
    ]
    for what, ours in found["ours"].items():
        line = f"{what:34}{cell(ours):>12}"
        for peer in peers:
            times = ratio(what, result, peer)
            line += f"{cell(found[peer][what]):>12}{'-' if times is None else f'{times:.2f}':>8}"
        lines.append(line)
    default = [lines[1] for lines in result["runs"]["ours"]["search"]]
    rate = statistics.median(line["queries_per_cpu_second"] for line in default)
    breadth, recall = default[0]["breadth"], default[0]["recall"]
    lines.append(f"default breadth {breadth}: recall {recall:.4f}, {rate:,.0f} queries/s")
    return "\n".join(lines)


def cell(value: float | None) -> str:
    return "-" if value is None else f"{value:,.0f}"


def filters(binary: str, path: pathlib.Path) -> list[dict]:
    lines = [line for line in run([binary, "filter", str(path)]) if line["step"] == "filter"]
    print(f"{'filter':20}{'plan':>10}{'recall':>9}{'us a query':>12}")
    for line in lines:
        took = 1e6 / line["queries_per_cpu_second"]
        print(f"{line['filter']:20}{line['plan']:>10}{line['recall']:9.4f}{took:12.0f}")
    return lines


def main() -> None:
    if sys.argv[1:2] == ["--peer"]:
        for line in peer(sys.argv[2], sys.argv[3], pathlib.Path(sys.argv[4])):
            print(json.dumps(line), flush=True)
        return
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", required=True, help="the IndexBenchmark executable")
    parser.add_argument("--directory", default=".build/bench-index", help="data and indexes")
    parser.add_argument("--sets", default="mixture-384,text-384,mixture-1536")
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--filters", action="store_true", help="every plan on every share")
    parser.add_argument("--out", help="write JSON here")
    arguments = parser.parse_args()
    directory = pathlib.Path(arguments.directory)
    results = measure_sets(
        arguments.binary, directory, arguments.sets.split(","), arguments.rows, arguments.rounds
    )
    if arguments.filters:
        for name, result in results.items():
            print(f"\n{name}")
            path = make(directory, name, arguments.rows)
            result["filters"] = filters(arguments.binary, path)
    if arguments.out:
        pathlib.Path(arguments.out).write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
