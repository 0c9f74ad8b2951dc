"""Load on a server: prepared requests, sent in a closed loop by the program in generator/."""

from __future__ import annotations

import dataclasses
import functools
import json
import os
import pathlib
import subprocess
import tempfile
import typing
import urllib.parse

from settings import output_folder

SOURCES = pathlib.Path(__file__).with_name("generator")
COMPILER = ["cc", "-std=c11", "-O2", "-Wall", "-Wextra"]
# Each request that has it gets a number of its length that no other has; as in requests.h.
UNIQUE_MARK = "@" * 12


class Times(typing.NamedTuple):
    """Of single requests, as the client sees them."""

    requests: int
    p50_ms: float
    p99_ms: float


@dataclasses.dataclass
class Load:
    """What the generator saw."""

    # On the monotonic clock, when the first request was begun.
    began: float
    # From then until the last answer.
    seconds: float
    times: Times
    # The same for each kind of request.
    kinds: list[Times]
    # Answers that were not 2xx or 3xx, and requests that got no answer at all.
    failures: int
    # CPU that the generator itself used: near one, it was the bottleneck.
    generator_cores: float

    @property
    def requests_per_second(self) -> float:
        return self.times.requests / self.seconds


class Post(typing.NamedTuple):
    """A request to send; kinds, from 0 to 3, are told apart in what is reported."""

    path: str
    body: bytes
    kind: int = 0


def posts(path: str, bodies: typing.Iterable[bytes], kind: int = 0) -> list[Post]:
    return [Post(path, body, kind) for body in bodies]


def send_rotating(server, requests: list[Post], connections: int, seconds: float) -> Load:
    """Sends the requests in turn for some seconds, each connection one at a time."""
    return send(server, requests, connections, str(seconds))


def send_once(server, requests: list[Post], connections: int) -> Load:
    """Sends every request once, each connection one at a time."""
    return send(server, requests, connections, "0")


def send(server, requests: list[Post], connections: int, seconds: str) -> Load:
    address = urllib.parse.urlsplit(server.url)
    # The token stands in the file, which only its owner can read, not in the list of processes.
    with tempfile.NamedTemporaryFile(suffix=".requests") as file:
        write(file, requests, address.netloc, server.token)
        to = [address.hostname, str(address.port), file.name]
        command = [generator(), *to, str(connections), seconds]
        done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise ConnectionError(f"the load generator stopped: {done.stderr.strip()}")
    return seen(json.loads(done.stdout))


def write(file: typing.BinaryIO, requests: list[Post], host: str, token: str):
    """The file as generator/requests.h describes it."""
    headers = f"Host: {host}\r\nContent-Type: application/json\r\n"
    if token:
        headers += f"X-Chroma-Token: {token}\r\n"
    for path, body, kind in requests:
        head = f"POST {path} HTTP/1.1\r\n{headers}Content-Length: {len(body)}\r\n\r\n".encode()
        file.write(b"%d %d\n" % (kind, len(head) + len(body)))
        file.write(head)
        file.write(body)
    file.flush()


def seen(report: dict) -> Load:
    refused = sum(
        count for status, count in report["statuses"].items() if not 200 <= int(status) < 400
    )
    seconds = report["seconds"] or float("inf")  # when nothing was answered
    return Load(
        began=report["began"],
        seconds=seconds,
        times=times(report),
        kinds=[times(kind) for kind in report["kinds"]],
        failures=refused + report["unanswered"],
        generator_cores=report["processor_seconds"] / seconds,
    )


def times(report: dict) -> Times:
    return Times(report["requests"], report["p50_ms"], report["p99_ms"])


@functools.cache
def generator() -> str:
    """The program, compiled if it is older than its sources."""
    program = output_folder() / "generator"
    newest = max(file.stat().st_mtime for file in SOURCES.iterdir())
    if not program.exists() or program.stat().st_mtime < newest:
        program.parent.mkdir(parents=True, exist_ok=True)
        # Renamed when it is whole: another run may look for it meanwhile.
        fresh = program.with_suffix(f".{os.getpid()}")
        sources = [str(file) for file in sorted(SOURCES.glob("*.c"))]
        subprocess.run([*COMPILER, "-o", str(fresh), *sources], check=True)
        fresh.rename(program)
    return str(program)
