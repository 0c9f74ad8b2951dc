#!/usr/bin/env python3
"""The vector index alone beside hnswlib: build rate, queries a second of a core, bytes.

  Benchmarks/run.sh --index [--rounds 3] [--sets mixture-384,text-384,mixture-1536] [--filters]

Ours and hnswlib take turns, round after round, each in a process of its own with one thread; rates
are by processor time, which a busy machine disturbs least. Recall counts what is as near as the
tenth true neighbour, so that of equal rows any will do. Rates at a recall are interpolated between
the measured breadths.
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
import text

NEAREST = 10
QUERIES = 1_000
RECALLS = (0.95, 0.98, 0.99)
# As Chroma's server builds its index, but for the breadth of construction, where hnswlib is better.
CONNECTIONS, CONSTRUCTION = 16, 200
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


def peer(path: pathlib.Path, step: str) -> list[dict]:
    """hnswlib's build, or its searches of the saved index."""
    import hnswlib

    base, queries, truth = load(path)
    index = hnswlib.Index("ip", base.shape[1])
    saved = str(path / "hnswlib.index")
    if step == "build":
        index.init_index(
            len(base), M=CONNECTIONS, ef_construction=CONSTRUCTION, random_seed=1
        )
        start, wall = time.process_time(), time.monotonic()
        index.add_items(base, num_threads=1)
        taken = time.process_time() - start
        index.save_index(saved)
        return [
            {
                "step": "build",
                "cpu_seconds": taken,
                "wall_seconds": time.monotonic() - wall,
                "vectors_per_cpu_second": len(base) / taken,
                "bytes_per_vector": os.path.getsize(saved) / len(base),
            }
        ]
    index.load_index(saved)
    last = np.array([(base[t] @ q).min() - 1e-6 for q, t in zip(queries, truth)])
    lines = []
    for breadth in BREADTHS:
        index.set_ef(breadth)
        labels = index.knn_query(queries, NEAREST, num_threads=1)[0].astype(np.int64)
        found = [(base[row] @ q >= bound).sum() for q, row, bound in zip(queries, labels, last)]
        rates = []
        for _ in range(3):
            start = time.process_time()
            index.knn_query(queries, NEAREST, num_threads=1)
            rates.append(len(queries) / (time.process_time() - start))
        lines.append(
            {
                "step": "graph",
                "breadth": breadth,
                "recall": float(np.mean(found)) / NEAREST,
                "queries_per_cpu_second": statistics.median(rates),
            }
        )
    return lines


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


def measure(binary: str, path: pathlib.Path, rounds: int) -> dict:
    here = [sys.executable, os.path.abspath(__file__), "--peer"]
    ours = {"build": [], "search": []}
    theirs = {"build": [], "search": []}
    ours["build"].append(run([binary, "build", str(path)]))
    theirs["build"].append(run([*here, "build", str(path)]))
    for _ in range(rounds):
        ours["search"].append(run([binary, "search", str(path)]))
        theirs["search"].append(run([*here, "search", str(path)]))
    return {"ours": ours, "hnswlib": theirs}


def middle(rounds: list[list[dict]], recall: float) -> float | None:
    rates = [rate for rate in (rate_at(lines, recall) for lines in rounds) if rate]
    return statistics.median(rates) if rates else None


def table(name: str, result: dict) -> None:
    print(f"\n{name}: load {os.getloadavg()[0]:.0f} on {os.cpu_count()} cores, one thread")
    print(f"{'':34}{'ours':>12}{'hnswlib':>12}{'ratio':>8}")

    def row(what, ours, theirs, least=False):
        if ours is None or theirs is None:
            print(f"{what:34}{ours or '-':>12}{theirs or '-':>12}")
            return
        ratio = theirs / ours if least else ours / theirs
        print(f"{what:34}{ours:12,.0f}{theirs:12,.0f}{ratio:8.2f}")

    build, other = result["ours"]["build"][0][0], result["hnswlib"]["build"][0][0]
    row("build, vectors/s of a core", build["vectors_per_cpu_second"],
        other["vectors_per_cpu_second"])
    row("hot bytes a vector", build["bytes_per_vector"], other["bytes_per_vector"], least=True)
    for recall in RECALLS:
        row(f"queries/s of a core at {recall}", middle(result["ours"]["search"], recall),
            middle(result["hnswlib"]["search"], recall))
    default = [lines[1] for lines in result["ours"]["search"]]
    print(
        f"default breadth {default[0]['breadth']}: recall {default[0]['recall']:.4f}, "
        f"{statistics.median(line['queries_per_cpu_second'] for line in default):,.0f} queries/s"
    )


def filters(binary: str, path: pathlib.Path) -> list[dict]:
    lines = [line for line in run([binary, "filter", str(path)]) if line["step"] == "filter"]
    print(f"{'filter':20}{'plan':>10}{'recall':>9}{'us a query':>12}")
    for line in lines:
        took = 1e6 / line["queries_per_cpu_second"]
        print(f"{line['filter']:20}{line['plan']:>10}{line['recall']:9.4f}{took:12.0f}")
    return lines


def main() -> None:
    if sys.argv[1:2] == ["--peer"]:
        for line in peer(pathlib.Path(sys.argv[3]), sys.argv[2]):
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
    results = {}
    for name in arguments.sets.split(","):
        path = make(pathlib.Path(arguments.directory), name, arguments.rows)
        results[name] = measure(arguments.binary, path, arguments.rounds)
        table(name, results[name])
        if arguments.filters:
            results[name]["filters"] = filters(arguments.binary, path)
    if arguments.out:
        pathlib.Path(arguments.out).write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
