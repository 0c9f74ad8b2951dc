"""Debian's Prometheus as a child process, with the configuration that deploy/prometheus has.

Standard library only, as server.py.
"""

import json
import pathlib
import shutil
import subprocess
import urllib.error
import urllib.parse
import urllib.request

from installation import free_port
from server import temporary_directory, wait_until

DEPLOY = pathlib.Path(__file__).resolve().parents[2] / "deploy"
READY_SECONDS = 60


class Prometheus:
    """Scrapes one admin port every second, as an operator. For `with`."""

    def __init__(self, binary, server):
        self.binary = binary
        self.root = temporary_directory()
        self.log = self.root / "prometheus.log"
        self.url = f"http://127.0.0.1:{free_port()}"
        self._configure(server)

    def _configure(self, server):
        token = self.root / "token"
        token.write_text(server.admin_token)
        text = (DEPLOY / "prometheus/prometheus.yml").read_text()
        for old, new in {
            "127.0.0.1:8080": urllib.parse.urlsplit(server.endpoints["admin_http"]).netloc,
            "/etc/prometheus/tessera-token": str(token),
            ": 15s": ": 1s",
        }.items():
            assert old in text, old
            text = text.replace(old, new)
        (self.root / "prometheus.yml").write_text(text)
        shutil.copy(DEPLOY / "prometheus/tessera-rules.yml", self.root)

    def __enter__(self):
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen([
                self.binary, f"--config.file={self.root}/prometheus.yml",
                f"--storage.tsdb.path={self.root}/data",
                f"--web.listen-address={self.url.removeprefix('http://')}",
            ], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            assert wait_until(self._is_ready, READY_SECONDS), self.log.read_text()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _is_ready(self):
        assert self.process.poll() is None, self.log.read_text()
        try:
            with urllib.request.urlopen(self.url + "/-/ready", timeout=5):
                return True
        except OSError:
            return False

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(30)
        shutil.rmtree(self.root, ignore_errors=True)

    def ask(self, path, **parameters):
        """The data of an answer of its API; an AssertionError with what it says was wrong."""
        query = urllib.parse.urlencode(parameters)
        try:
            with urllib.request.urlopen(f"{self.url}/api/v1/{path}?{query}", timeout=30) as answer:
                said = json.load(answer)
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{path} {parameters}: {error.read().decode()}") from error
        assert said["status"] == "success" and not said.get("warnings"), said
        return said["data"]

    def query(self, text):
        """The series that a query gives now."""
        return self.ask("query", query=text)["result"]

    def targets(self):
        return self.ask("targets")["activeTargets"]

    def rules(self):
        return [rule for group in self.ask("rules")["groups"] for rule in group["rules"]]

    def complaints(self):
        """What it warned of so far."""
        lines = self.log.read_text().splitlines()
        return [line for line in lines if "level=warn" in line or "level=error" in line]
