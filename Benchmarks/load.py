"""Load on a server: wrk for small requests, writer processes for the big bodies of ingest."""

from __future__ import annotations

import dataclasses
import json
import multiprocessing
import os
import pathlib
import resource
import subprocess
import tempfile
import time

from connection import Connection

WRK_SCRIPT = pathlib.Path(__file__).with_name("wrk.lua")
# The same text stands in wrk.lua.
UNIQUE_MARK = "@" * 12
WRK_THREADS_MAX = 2
WRK_TIMEOUT = "60s"


@dataclasses.dataclass
class Load:
    """What a load generator saw. Times are of single requests, as the client sees them."""

    requests: int
    seconds: float
    p50_ms: float
    p99_ms: float
    # Answers that were not 2xx or 3xx, and requests that got no answer at all.
    failures: int
    # CPU that the generator itself used: near its thread count, it was the bottleneck.
    generator_cores: float

    @property
    def requests_per_second(self) -> float:
        return self.requests / self.seconds


def to(path: str, body: bytes) -> bytes:
    """A body for `send_rotating` that goes to a path of its own."""
    return path.encode() + b"\t" + body


def send_rotating(server, path: str, bodies: list[bytes], connections: int, seconds: int) -> Load:
    """POSTs the bodies in turn for some seconds, each connection one request at a time."""
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as file:
        file.write(b"\n".join(bodies) + b"\n")
        file.flush()
        before = cpu_seconds_of_children()
        output = run_wrk(server, path, file.name, connections, seconds)
        spent = cpu_seconds_of_children() - before
    seen = json.loads(output.strip().splitlines()[-1])
    return Load(
        requests=seen["requests"],
        seconds=seen["micros"] / 1e6,
        p50_ms=seen["p50"] / 1e3,
        p99_ms=seen["p99"] / 1e3,
        failures=seen["refused"] + seen["broken"],
        generator_cores=spent / (seen["micros"] / 1e6),
    )


def run_wrk(server, path: str, bodies_file: str, connections: int, seconds: int) -> str:
    threads = min(connections, WRK_THREADS_MAX)
    command = ["wrk", f"-t{threads}", f"-c{connections}", f"-d{seconds}s"]
    command += ["--timeout", WRK_TIMEOUT, "-s", str(WRK_SCRIPT), server.url + path]
    # In the environment, so that the token isn't in the list of processes.
    environment = {**os.environ, "BENCH_BODIES": bodies_file, "BENCH_TOKEN": server.token}
    return subprocess.run(
        command, env=environment, check=True, capture_output=True, text=True
    ).stdout


def cpu_seconds_of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def send_once(server, path: str, bodies: list[bytes], writers: int) -> Load:
    """POSTs every body once, dealt out to `writers` processes of one connection each."""
    context = multiprocessing.get_context("fork")
    start_line, results = context.Barrier(writers), context.SimpleQueue()
    before = cpu_seconds_of_children()
    processes = [
        context.Process(
            target=write, args=(server.url, server.token, path, share, start_line, results)
        )
        for share in (bodies[i::writers] for i in range(writers))
    ]
    for process in processes:
        process.start()
    reports = [results.get() for _ in processes]
    for process in processes:
        process.join()
    return summary(reports, cpu_seconds_of_children() - before)


def write(url: str, token: str, path: str, bodies: list[bytes], start_line, results):
    """A writer process: reports when it began and ended, each time taken, and what failed."""
    connection = Connection(url, token)
    times, failure = [], None
    start_line.wait()
    began = time.monotonic()
    try:
        for body in bodies:
            sent = time.monotonic()
            connection.send("POST", path, body)
            times.append(time.monotonic() - sent)
    except Exception as error:  # whatever it was, the parent waits for a report
        failure = str(error)
    connection.close()
    results.put((began, time.monotonic(), times, failure))


def summary(reports: list[tuple], generator_seconds: float) -> Load:
    failures = [failure for *_, failure in reports if failure]
    if failures:
        print(f"  a writer stopped: {failures[0]}")
    times = sorted(t for _, _, writer_times, _ in reports for t in writer_times)
    seconds = max(ended for _, ended, *_ in reports) - min(began for began, *_ in reports)
    return Load(
        requests=len(times),
        seconds=seconds,
        p50_ms=percentile(times, 0.50) * 1e3,
        p99_ms=percentile(times, 0.99) * 1e3,
        failures=len(failures),
        generator_cores=generator_seconds / seconds,
    )


def percentile(ascending: list[float], share: float) -> float:
    return ascending[min(len(ascending) - 1, int(share * len(ascending)))] if ascending else 0.0
