"""Runs the steps on both servers, A B A B, so that a change of the machine's load hits both."""

from __future__ import annotations

import os
import shutil
import time

import bodies
import small
from connection import Connection, RequestFailed
from data import Dataset
from settings import RESULTS, Settings
from steps import STEPS, Step, Subject, WrongAnswer

# Without it there is nothing to ask for.
FILL = "ingest"


class Results:
    """Everything measured: `runs[step][server]` is a list with one measurement a round."""

    def __init__(self, servers: list, steps: list[Step]):
        self.names = [server.name for server in servers]
        self.steps = steps
        self.runs = {step.name: {name: [] for name in self.names} for step in steps}
        self.footprints = {name: [] for name in self.names}
        self.small = {name: [] for name in self.names}
        self.problems: list[str] = []
        self.loads: list[float] = []


def run(servers: list, dataset: Dataset, settings: Settings) -> Results:
    chosen = [step for step in STEPS if step.name in settings.steps or step.name == FILL]
    results = Results(servers, chosen)
    for number in range(1, settings.rounds + 1):
        print(f"round {number} of {settings.rounds}", flush=True)
        results.loads.append(os.getloadavg()[0])
        run_round(servers, dataset, settings, number, results)
        if settings.collections:
            run_small(servers, dataset, settings, results)
    return results


def run_round(servers: list, dataset: Dataset, settings: Settings, number: int, results: Results):
    """Every round begins with new processes and empty data, and ends with both gone."""
    try:
        started = {server: start_empty(server) for server in servers}
        subjects = [Subject(server, dataset, number, settings.seconds) for server in servers]
        for step in results.steps:
            for subject in subjects:
                run_step(step, subject, results)
        for subject in subjects:
            server = subject.server
            results.footprints[server.name].append(footprint(subject, started[server]))
    finally:
        for server in servers:
            server.stop()
            server.wipe()


def run_small(servers: list, dataset: Dataset, settings: Settings, results: Results):
    """Many small collections, one server after the other: they are about memory."""
    for server in servers:
        try:
            start_empty(server)
            results.small[server.name].append(small.measure(server, dataset, settings.collections))
        except (RequestFailed, OSError) as error:
            results.problems.append(f"{server.name}, small collections: {error}")
        finally:
            server.stop()
            server.wipe()


def start_empty(server) -> float:
    server.wipe()
    return server.start()


def run_step(step: Step, subject: Subject, results: Results):
    """A step that a server can't do is a problem to report, not the end of the run."""
    name = subject.server.name
    try:
        seen = step.run(subject)
    except (RequestFailed, WrongAnswer, OSError) as error:
        results.problems.append(f"{name}, {step.name}: {error}")
        print(f"  {step.name:10} {name:10} failed: {error}", flush=True)
        return
    if seen.failures:
        results.problems.append(f"{name}, {step.name}: {seen.failures} requests failed")
    results.runs[step.name][name].append(seen)
    print(f"  {step.name:10} {name:10} {seen.rate:10.0f} {step.unit}", flush=True)


def first_query_seconds(subject: Subject) -> float:
    """How long the first query since the start takes."""
    connection = Connection(subject.server.url, subject.server.token)
    began = time.monotonic()
    body = bodies.query(subject.dataset.queries[0], RESULTS)
    connection.post(f"{subject.collection.path}/query", body)
    seconds = time.monotonic() - began
    connection.close()
    return seconds


def footprint(subject: Subject, first_start_seconds: float) -> dict[str, float]:
    """Costs at the end of a round; how long a restart on the filled data takes, and the first
    query then, with the data in the kernel's cache and without."""
    server = subject.server
    memory, disk = server.memory_mb(), subject.indexed_disk_mb or server.disk_mb()
    server.stop()
    restart_seconds = server.start()
    warm_seconds = first_query_seconds(subject)
    server.stop()
    server.drop_cache()
    server.start()
    return {
        "first_start_s": first_start_seconds,
        "restart_s": restart_seconds,
        "first_query_s": warm_seconds,
        "cold_query_s": first_query_seconds(subject),
        "rss_mb": memory["rss"],
        "pss_mb": memory["pss"],
        "disk_mb": disk,
    }


def clear(settings: Settings):
    """Removes what the servers of an earlier, broken-off run left."""
    shutil.rmtree(settings.output / "servers", ignore_errors=True)
