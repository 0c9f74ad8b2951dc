"""A Tessera server as a child process: the real binary with its own PostgreSQL.

Standard library only, for the compatibility and benchmark scripts use it too.
"""

import contextlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

# initdb on a busy machine takes long; a server that is not ready by then has failed.
READY_SECONDS = 120
STOP_SECONDS = 60


class ServerFailed(Exception):
    """The server did not start or stop as it should; the text holds the end of its log."""


def temporary_directory():
    """A directory whose parents the postgres user can pass, as running as root needs."""
    path = pathlib.Path(tempfile.mkdtemp(prefix="tessera-e2e-"))
    path.chmod(0o755)
    return path


class Server:
    """One data directory, and the process that serves it while it runs."""

    def __init__(self, binary, directory, settings=None):
        self.binary = str(pathlib.Path(binary).resolve())
        self.root = pathlib.Path(directory)
        self.data = self.root / "data"
        self.log = self.root / "server.log"
        # Environment variables without their TESSERA_ prefix.
        self.settings = dict(settings or {})
        self.process = None
        self.endpoints = None

    # Starting

    def environment(self):
        clean = {k: v for k, v in os.environ.items() if not k.startswith("TESSERA_")}
        clean.update({f"TESSERA_{name}": str(value) for name, value in self.settings.items()})
        clean["SWIFT_BACKTRACE"] = "enable=no"
        return clean

    def command(self, *arguments):
        ports = [
            "--port", "0", "--grpc-port", "0", "--admin-port", "0", "--admin-grpc-port", "0"]
        return [self.binary, "serve", "--data-dir", str(self.data), *ports, *arguments]

    def spawn(self, *arguments):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                self.command(*arguments), env=self.environment(), stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, start_new_session=True,
            )

    def start(self):
        self.spawn()
        self.endpoints = self.wait_until_ready()
        return self

    def wait_until_ready(self):
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise ServerFailed(f"exit {self.process.returncode}\n{self.log_tail()}")
            endpoints = self.read_endpoints()
            if endpoints and endpoints["pid"] == self.process.pid:
                return endpoints
            time.sleep(0.02)
        self.kill()
        raise ServerFailed(f"not ready after {READY_SECONDS} s\n{self.log_tail()}")

    def read_endpoints(self):
        """What the file says; None when there is none, or one of an earlier process."""
        try:
            return json.loads((self.data / "endpoints.json").read_text())
        except FileNotFoundError:
            return None

    # Stopping

    def stop(self):
        """SIGTERM, and the exit status."""
        if self.process is None:
            return None
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise ServerFailed(f"still there {STOP_SECONDS} s after SIGTERM\n{self.log_tail()}")
        self.process = None
        return status

    def kill(self):
        """SIGKILL to the server alone; its PostgreSQL has to notice by itself."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def restart(self):
        self.stop()
        return self.start()

    def remove(self):
        """Ends everything and forgets the data."""
        self.kill()
        wait_until(lambda: not self.children(), 30)
        shutil.rmtree(self.root, ignore_errors=True)

    # Looking

    @property
    def url(self):
        return self.endpoints["http"]

    @property
    def bootstrap(self):
        return json.loads((self.data / "bootstrap.json").read_text())

    @property
    def admin_token(self):
        return self.bootstrap["admin_token"]

    def log_tail(self, lines=60):
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return "\n".join(text.splitlines()[-lines:])

    def children(self):
        """The processes, but the server's own, whose working directory is in the data."""
        own = self.process.pid if self.process else None
        found = []
        for entry in pathlib.Path("/proc").iterdir():
            with contextlib.suppress(OSError):
                if entry.name.isdigit() and int(entry.name) != own:
                    place = os.readlink(entry / "cwd").replace(" (deleted)", "")
                    if pathlib.Path(place).is_relative_to(self.data.resolve()):
                        found.append(int(entry.name))
        return found

    # Talking

    def cli(self, *arguments, check=True):
        """Runs a command of the binary against this server; its standard output."""
        done = subprocess.run(
            [self.binary, *arguments, "--data-dir", str(self.data)], env=self.environment(),
            capture_output=True, text=True, timeout=120,
        )
        if check and done.returncode != 0:
            raise ServerFailed(f"{arguments} exit {done.returncode}: {done.stderr}")
        return done

    def cli_offline(self, *arguments):
        """Runs a command that needs no server; whatever its exit status."""
        return subprocess.run(
            [self.binary, *arguments], env=self.environment(), capture_output=True, text=True,
            timeout=60)

    def inspect(self, path, *arguments):
        """`tessera inspect` on one path; whatever its exit status."""
        return subprocess.run(
            [self.binary, "inspect", str(path), *arguments], env=self.environment(),
            capture_output=True, text=True, timeout=60,
        )

    def admin(self, method, path, body=None, token=None):
        """A request to the admin API: (status, JSON)."""
        return call(method, self.endpoints["admin_http"] + path, body, token or self.admin_token)


def call(method, url, body=None, token=None, headers=None, timeout=60):
    """One HTTP request: (status, parsed JSON, or text when it is none)."""
    data = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
    request = urllib.request.Request(url, data, method=method)
    request.add_header("Content-Type", "application/json")
    if token is not None:
        request.add_header("X-Chroma-Token", token)
    for name, value in (headers or {}).items():
        request.add_header(name, value)
    try:
        with urllib.request.urlopen(request, timeout=timeout) as answer:
            status, raw = answer.status, answer.read()
    except urllib.error.HTTPError as error:
        status, raw = error.code, error.read()
    try:
        return status, json.loads(raw)
    except ValueError:
        return status, raw.decode("utf-8", "replace")


def wait_until(condition, seconds):
    """Whether the condition came true in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return condition()
