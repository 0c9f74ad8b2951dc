#!/usr/bin/env python3
"""What telemetry costs: the same load on a server that exports all of it and on one that doesn't.

Both servers run all the time, each with its default settings, and are asked in turn, in the one
order and then in the other. The receiver takes everything and does nothing with it. It works on
this machine too, as a collector beside a server would: the ratio of rates has its share in it,
CPU a request has not. Trust either on an idle machine only.
"""

from __future__ import annotations

import argparse
import http.server
import multiprocessing
import pathlib
import re
import statistics
import tempfile
import time
import urllib.request

import steps
from data import Dataset
from servers import TesseraServer
from steps import Subject

RECORDS, DIMENSION = 10_000, 384
STEPS = {
    "get at 4": steps.get_by_id,
    "query at 16": steps.query(16),
    "add at 16": steps.single_adds,
}
# Longer than what is recorded waits to be sent: it must not be in the other server's time.
DRAIN_SECONDS = 3


class Swallower:
    """A receiver of OTLP over HTTP, as a process. For `with`."""

    def __enter__(self):
        context = multiprocessing.get_context("fork")
        self.requests, self.bytes = context.Value("q", 0), context.Value("q", 0)
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.process = context.Process(target=self.server.serve_forever, daemon=True)
        self.process.start()
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.join()
        self.server.server_close()

    def _handler(self):
        swallower = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                swallower.take(len(self.rfile.read(int(self.headers["content-length"]))))
                # No bytes are a whole ExportTraceServiceResponse.
                self.send_response(200)
                self.send_header("content-type", "application/x-protobuf")
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        return Handler

    def take(self, count: int):
        with self.requests.get_lock(), self.bytes.get_lock():
            self.requests.value += 1
            self.bytes.value += count


class ExportingServer(TesseraServer):
    """A server that sends traces, metrics and logs."""

    def __init__(self, name: str, directory: pathlib.Path, binary: pathlib.Path, url, share):
        super().__init__(name, directory, binary)
        self.variables = {"OTEL_EXPORTER_OTLP_ENDPOINT": url}
        if share is not None:
            self.variables["OTEL_TRACES_SAMPLER"] = "parentbased_traceidratio"
            self.variables["OTEL_TRACES_SAMPLER_ARG"] = str(share)

    def environment(self) -> dict[str, str]:
        return {**super().environment(), **self.variables}

    def lost(self) -> dict[str, int]:
        """What it could not export so far, by signal."""
        with urllib.request.urlopen(f"{self.admin_url}/metrics") as answer:
            page = answer.read().decode()
        pattern = r'^tessera_export_(?:dropped|lost)_total\{signal="(\w+)"\} (\d+)'
        lost: dict[str, int] = {}
        for signal, count in re.findall(pattern, page, re.M):
            lost[signal] = lost.get(signal, 0) + int(count)
        return lost


def compare(off: Subject, on: Subject, rounds: int):
    """By step: the pairs of measurements, off and on, of each round."""
    found = {name: [] for name in STEPS}
    for number in range(rounds):
        order = [off, on] if number % 2 == 0 else [on, off]
        for name, step in STEPS.items():
            seen = {}
            for subject in order:
                subject.round_number = number
                seen[subject] = step(subject)
                time.sleep(DRAIN_SECONDS)
            found[name].append((seen[off], seen[on]))
    return found


def ratio(pairs: list, what: str) -> str:
    ratios = [getattr(on, what) / getattr(off, what) for off, on in pairs]
    return f"{statistics.median(ratios):.3f} ({min(ratios):.3f}-{max(ratios):.3f})"


def show(name: str, pairs: list):
    off, on = (statistics.median(each.rate for each in side) for side in zip(*pairs))
    failures = sum(each.failures for pair in pairs for each in pair)
    print(
        f"{name:12} {off:8.0f} req/s off {on:8.0f} on  rate on/off {ratio(pairs, 'rate')}"
        f"  CPU on/off {ratio(pairs, 'cpu_micros')}  failed {failures}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", type=pathlib.Path, required=True)
    parser.add_argument("--rounds", type=int, default=6, help="even, so that no order has more")
    parser.add_argument("--seconds", type=int, default=3, help="of each measurement")
    parser.add_argument(
        "--share", type=float, help="of requests that have traces (the default: 100 a second)")
    flags = parser.parse_args()
    dataset = Dataset.make(RECORDS, DIMENSION)
    with tempfile.TemporaryDirectory() as name, Swallower() as swallower:
        directory = pathlib.Path(name)
        # As root, PostgreSQL runs as another user, who has to come through.
        directory.chmod(0o755)
        servers = [
            TesseraServer("off", directory, flags.binary),
            ExportingServer("on", directory, flags.binary, swallower.url, flags.share)]
        try:
            for server in servers:
                server.start()
            subjects = [Subject(server, dataset, 0, flags.seconds) for server in servers]
            for subject in subjects:
                steps.ingest(subject)
            found = compare(*subjects, flags.rounds)
            lost = servers[1].lost()
        finally:
            for server in servers:
                server.stop()
        for name, pairs in found.items():
            show(name, pairs)
        print(
            f"the receiver got {swallower.requests.value} exports, "
            f"{swallower.bytes.value / 1e6:.1f} MB; lost before it: {lost}")
        assert swallower.requests.value, "nothing was exported: the ratios say nothing"


if __name__ == "__main__":
    main()
