#!/usr/bin/env python3
"""Tessera (A) against a peer (B) on this machine; see README.md."""

from __future__ import annotations

import pathlib
import signal
import sys

import goals
import index
import profiling
import report
import rounds
from data import Dataset
from servers import ChromaServer, TesseraServer
from settings import Settings
from steps import STEPS


def servers(settings: Settings) -> list:
    directory = settings.output / "servers"
    if settings.self_check:
        return [ChromaServer("chroma-a", directory), ChromaServer("chroma-b", directory)]
    ours = TesseraServer("tessera", directory, settings.binary)
    if settings.peer == "none":
        return [ours]
    if settings.peer == "chroma":
        return [ours, ChromaServer("chroma", directory)]
    return [ours, TesseraServer("tessera-peer", directory, pathlib.Path(settings.peer))]


def measure_indexes(settings: Settings) -> dict[str, dict]:
    """The index without a server, by a program that is built beside it."""
    if not settings.index_sets:
        return {}
    program = str(settings.binary.with_name("IndexBenchmark"))
    directory = settings.output / "index"
    return index.measure_sets(program, directory, settings.index_sets, settings.index_rows, 1)


def judge(results: rounds.Results, indexes: dict, settings: Settings) -> list[goals.Verdict]:
    """Goals are of our server beside Chroma's, not of Chroma's or of an older build of ours."""
    if settings.self_check or settings.peer not in ("chroma", "none"):
        return []
    return goals.judge(results, indexes, settings.records)


def main() -> int:
    # As an exception, so that the servers are stopped too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    settings = Settings.read([step.name for step in STEPS])
    rounds.clear(settings)
    about = report.machine(settings)
    dataset = Dataset.make(settings.records, settings.dimension, settings.data)
    subjects = servers(settings)
    results = rounds.run(subjects, dataset, settings)
    indexes = measure_indexes(settings)
    verdicts = judge(results, indexes, settings)
    print(f"\n{report.shown(results, about, indexes, verdicts)}\n")
    print(report.save(results, about, indexes, verdicts, settings.output))
    if settings.profile and not settings.self_check:
        profiling.profile(subjects[0], dataset, settings)
    return 1 if results.problems else 0


if __name__ == "__main__":
    sys.exit(main())
