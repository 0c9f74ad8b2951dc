"""The servers under test: start, stop, and what they cost, read from /proc."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import time
import typing

import psutil

import bodies
from connection import Connection

START_SECONDS_MAX = 120
STOP_SECONDS_MAX = 60
POLL_SECONDS = 0.01
# Larger segments of ours have more elements than are scanned without an index.
INDEXED_BYTES_MIN = 8_000_000
# Counts writes' fold too, next to nothing while there are only queries.
SEARCH_CPU_METRIC = "tessera_tenant_cpu_seconds_total{"


class Server:
    """A server process that the benchmark owns, with an empty data directory of its own."""

    def __init__(self, name: str, directory: pathlib.Path):
        self.name = name
        self.data = directory / name / "data"
        self.log = directory / name / "server.log"
        self.url, self.token = "", ""
        self.tenant, self.database = "default_tenant", "default_database"
        self.process: subprocess.Popen | None = None

    def command(self) -> list[str]:
        raise NotImplementedError

    def environment(self) -> dict[str, str]:
        return {}

    def learn_address(self) -> bool:
        """Sets url and token; false while the server has not yet told them."""
        raise NotImplementedError

    def start(self) -> float:
        """Starts on the data there is; returns the seconds until the first good answer."""
        self.data.mkdir(parents=True, exist_ok=True)
        began = time.monotonic()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command(), stdout=log, stderr=log, env={**os.environ, **self.environment()}
            )
        while not (self.learn_address() and self.answers()):
            self.check_starting(began)
            time.sleep(POLL_SECONDS)
        return time.monotonic() - began

    def check_starting(self, began: float):
        if self.process.poll() is not None:
            sys.exit(f"{self.name} stopped with {self.process.returncode}; see {self.log}")
        if time.monotonic() - began > START_SECONDS_MAX:
            self.stop()
            sys.exit(f"{self.name} gave no answer in {START_SECONDS_MAX} s; see {self.log}")

    def answers(self) -> bool:
        try:
            connection = Connection(self.url, self.token)
            connection.send("GET", "/api/v2/heartbeat")
            connection.close()
            return True
        except Exception:  # refused, reset or not ready: asked again until the time is up
            return False

    def stop(self):
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            print(f"  {self.name} did not stop on SIGTERM in {STOP_SECONDS_MAX} s; killing it")
            for process in self.tree():
                process.kill()
            self.process.wait()
        self.process = None

    def wipe(self):
        shutil.rmtree(self.data, ignore_errors=True)

    def tree(self) -> list[psutil.Process]:
        """The server and every process it started, an embedded database for one."""
        root = psutil.Process(self.process.pid)
        return [root, *root.children(recursive=True)]

    def of_each(self, ask: typing.Callable[[psutil.Process], typing.Any]) -> list:
        """What is known of every process; helpers that end meanwhile are left out."""
        known = []
        for process in self.tree():
            with contextlib.suppress(psutil.NoSuchProcess):
                known.append(ask(process))
        return known

    def cpu_seconds(self) -> float:
        """Of all its processes, of those too that have ended."""
        times = self.of_each(lambda process: process.cpu_times())
        return sum(t.user + t.system + t.children_user + t.children_system for t in times)

    def search_cpu_seconds(self) -> float:
        """What of that were searches, as far as the server counts them itself."""
        return 0

    def memory_mb(self) -> dict[str, float]:
        """`rss` of the server's process; `pss` of all its processes, shared pages counted once."""
        return {
            "rss": psutil.Process(self.process.pid).memory_info().rss / 1e6,
            "pss": sum(self.of_each(lambda process: process.memory_full_info().pss)) / 1e6,
        }

    def disk_mb(self) -> float:
        """Allocated, not apparent: preallocated files count as what they take."""
        blocks = 0
        for file in self.data.rglob("*"):
            try:
                blocks += file.lstat().st_blocks
            except FileNotFoundError:
                continue  # a live server deletes files too
        return blocks * 512 / 1e6

    def is_indexed(self, collection: str, query) -> bool:
        """Whether all that was written to a collection is in its index, as far as one can tell
        from outside."""
        raise NotImplementedError

    def drop_cache(self):
        """Has the kernel forget what it keeps of the data's files. The server must be stopped."""
        for file in self.data.rglob("*"):
            if not file.is_file() or file.is_symlink():
                continue
            descriptor = os.open(file, os.O_RDONLY)
            try:
                os.fsync(descriptor)
                os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            finally:
                os.close(descriptor)

    def database_path(self) -> str:
        return f"/api/v2/tenants/{self.tenant}/databases/{self.database}"


class ChromaServer(Server):
    """`chroma run` of this Python environment."""

    def command(self) -> list[str]:
        self.port = free_port()
        chroma = pathlib.Path(sys.executable).with_name("chroma")
        arguments = ["run", "--path", str(self.data), "--host", "127.0.0.1"]
        return [str(chroma), *arguments, "--port", str(self.port)]

    def environment(self) -> dict[str, str]:
        # It prints several lines for every request unless told not to: the peer at its best.
        return {"RUST_LOG": "error", "ANONYMIZED_TELEMETRY": "False"}

    def learn_address(self) -> bool:
        self.url = f"http://127.0.0.1:{self.port}"
        return True

    def is_indexed(self, collection: str, query) -> bool:
        # A query waits until its log is in the index.
        connection = Connection(self.url, self.token)
        connection.post(f"{collection}/query", bodies.query(query, 1))
        connection.close()
        return True


class TesseraServer(Server):
    """`tessera serve` on ports it picks itself and tells in its data directory."""

    def __init__(self, name: str, directory: pathlib.Path, binary: pathlib.Path):
        super().__init__(name, directory)
        self.binary = binary

    def command(self) -> list[str]:
        # Left by the process before this one, which may have had other ports.
        (self.data / "endpoints.json").unlink(missing_ok=True)
        ports = ["--port", "--grpc-port", "--admin-port", "--admin-grpc-port"]
        any_port = [word for port in ports for word in (port, "0")]
        return [str(self.binary), "serve", "--data-dir", str(self.data), *any_port]

    def environment(self) -> dict[str, str]:
        return {"SWIFT_BACKTRACE": "enable=no"}

    def learn_address(self) -> bool:
        try:
            endpoints = json.loads((self.data / "endpoints.json").read_text())
            bootstrap = json.loads((self.data / "bootstrap.json").read_text())
        except (FileNotFoundError, json.JSONDecodeError):
            return False
        self.url, self.admin_url = endpoints["http"].rstrip("/"), endpoints["admin_http"]
        self.admin_token = bootstrap["admin_token"]
        self.token = bootstrap["token"]
        self.tenant, self.database = bootstrap["tenant"], bootstrap["database"]
        return True

    def search_cpu_seconds(self) -> float:
        connection = Connection(self.admin_url, self.admin_token)
        page = connection.send("GET", "/metrics").decode()
        connection.close()
        return sum(
            float(line.rsplit(" ", 1)[1])
            for line in page.splitlines()
            if line.startswith(SEARCH_CPU_METRIC)
        )

    def is_indexed(self, collection: str, query) -> bool:
        # Everything is in segments, and each large one has its index beside it.
        connection = Connection(self.url, self.token)
        status = json.loads(connection.send("GET", f"{collection}/indexing_status"))
        connection.close()
        segments = list(self.data.glob("tenants/*/segments/*.seg"))
        large = [file for file in segments if file.stat().st_size >= INDEXED_BYTES_MIN]
        return status["num_unindexed_ops"] == 0 and all(
            any(file.parent.glob(f"{file.stem}.*.idx")) for file in large
        )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
