"""What can be set from outside; by default a run on an idle machine with four cores takes some
twenty minutes."""

from __future__ import annotations

import argparse
import dataclasses
import os
import pathlib
import re
import sys

# Results asked of every query, and the k of recall@k.
RESULTS = 10
# Records in one add, and writers at a time, while a collection is filled.
INGEST_BATCH, INGEST_WRITERS = 300, 4

VARIABLES = """\
environment:
  N            records in the collection (100000; 4000 in a self-check)
  DIM          dimensions of a vector (384)
  DATA         mixture, or text: vectors of the Python library's sources (mixture)
  ROUNDS       times that every step is run on each server in turn (1; 3 in a self-check)
  STEPS        names of the steps to run, with commas between (all)
  COLLECTIONS  small collections of 100 records each, 0 for none (200; 20 in a self-check, 0
               if STEPS are named)
  SECONDS_EACH seconds that a timed step sends requests (2)
  INDEX        vectors to measure the index alone on, beside hnswlib, faiss and usearch, as
               mixture-384,text-384; or none (mixture-384,mixture-1536 in a whole run beside
               Chroma, else none)
  INDEX_ROWS   of them (50000)
  BENCH_PEER   none: measure our server alone; a path: another build of it (chroma)
  BENCH_OUT    folder of tables, JSON and profiles (.build/bench)
"""


@dataclasses.dataclass
class Settings:
    binary: pathlib.Path | None
    self_check: bool
    profile: bool
    peer: str
    records: int
    dimension: int
    data: str
    rounds: int
    seconds: int
    collections: int
    steps: list[str]
    index_sets: list[str]
    index_rows: int
    output: pathlib.Path

    @classmethod
    def read(cls, step_names: list[str]) -> Settings:
        flags = parse_flags(step_names)
        return cls(
            binary=flags.binary,
            self_check=flags.self_check,
            profile=flags.profile,
            peer=chosen_peer(),
            records=positive("N", 4_000 if flags.self_check else 100_000),
            dimension=positive("DIM", 384),
            data=chosen_data(),
            rounds=positive("ROUNDS", 3 if flags.self_check else 1),
            seconds=positive("SECONDS_EACH", 2),
            collections=whole("COLLECTIONS", few_or_many(flags)),
            steps=chosen_steps(step_names),
            index_sets=chosen_index_sets(flags),
            index_rows=positive("INDEX_ROWS", 50_000),
            output=output_folder(),
        )


def output_folder() -> pathlib.Path:
    """Of tables, JSON, profiles and the compiled load generator."""
    ours = pathlib.Path(__file__).resolve().parent.parent / ".build/bench"
    return pathlib.Path(os.environ.get("BENCH_OUT") or ours).absolute()


def parse_flags(step_names: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description="Compares Tessera with Chroma's own server: speed, CPU, memory, recall.",
        epilog=f"{VARIABLES}\nsteps: {', '.join(step_names)}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--binary", type=pathlib.Path, help="our server's release binary")
    parser.add_argument(
        "--self-check", action="store_true", help="Chroma against itself: ratios should be near 1"
    )
    parser.add_argument(
        "--profile", action="store_true", help="one more round of ours alone, under perf record"
    )
    flags = parser.parse_args()
    if not flags.self_check and not (flags.binary and flags.binary.is_file()):
        parser.error("--binary must name the built server (or use --self-check)")
    return flags


def positive(name: str, default: int) -> int:
    text = os.environ.get(name) or str(default)
    if not text.isdecimal() or int(text) == 0:
        sys.exit(f"{name} must be a whole number above 0, not {text!r}")
    return int(text)


def whole(name: str, default: int) -> int:
    text = os.environ.get(name) or str(default)
    if not text.isdecimal():
        sys.exit(f"{name} must be a whole number, not {text!r}")
    return int(text)


def chosen_peer() -> str:
    peer = os.environ.get("BENCH_PEER") or "chroma"
    if peer not in ("chroma", "none") and not pathlib.Path(peer).is_file():
        sys.exit(f"BENCH_PEER must be chroma, none or the path of a server, not {peer!r}")
    return peer


def chosen_data() -> str:
    kind = os.environ.get("DATA") or "mixture"
    if kind not in ("mixture", "text"):
        sys.exit(f"DATA must be mixture or text, not {kind!r}")
    return kind


def few_or_many(flags: argparse.Namespace) -> int:
    """Small collections, unless it is said how many."""
    if os.environ.get("STEPS"):
        return 0
    return 20 if flags.self_check else 200


def chosen_index_sets(flags: argparse.Namespace) -> list[str]:
    is_whole = not flags.self_check and not os.environ.get("STEPS") and chosen_peer() == "chroma"
    text = os.environ.get("INDEX") or ("mixture-384,mixture-1536" if is_whole else "none")
    chosen = [] if text == "none" else text.split(",")
    if not all(re.fullmatch(r"(mixture|text)-[1-9]\d{0,3}", name) for name in chosen):
        sys.exit(f"INDEX must be none or names like mixture-384,text-384, not {text!r}")
    if chosen and not flags.binary.with_name("IndexBenchmark").is_file():
        sys.exit("Build the product IndexBenchmark beside the server, or set INDEX=none")
    return chosen


def chosen_steps(known: list[str]) -> list[str]:
    chosen = [name for name in os.environ.get("STEPS", "").split(",") if name] or known
    unknown = sorted(set(chosen) - set(known))
    if unknown:
        sys.exit(f"STEPS names no known step: {', '.join(unknown)}; known: {', '.join(known)}")
    return [name for name in known if name in chosen]
