"""What deploy/ has for containers, run as processes: the same commands, environments and files.

Each service of compose.yaml gets an address of its own on loopback, so that all listen on the ports
that they have in their containers; its volumes are folders.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import urllib.parse

import pytest
import yaml

from server import call, temporary_directory, wait_until
from tenancy import expect

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
DOCKERFILE = (DEPLOY / "Dockerfile").read_text()
PASSWORDS = {"TESSERA_OWNER_PASSWORD": "the-owners", "TESSERA_SERVER_PASSWORD": "the-servers"}
# What serves, in no helpful order.
SERVERS = ["frontend-1", "control", "frontend-2", "engine"]
READY_SECONDS = 120


def image_environment():
    [block] = re.findall(r"^ENV (.*?[^\\])$", DOCKERFILE, re.MULTILINE | re.DOTALL)
    return dict(pair.split("=", 1) for pair in block.replace("\\\n", " ").split())


class Containers:
    def __init__(self, binary, sockets):
        self.root = temporary_directory()
        (self.root / "bin").mkdir()
        (self.root / "bin/tessera").symlink_to(pathlib.Path(binary).resolve())
        self.sockets = sockets
        # One process's tests beside another's have other addresses.
        net = os.getpid() % 250 + 1
        self.addresses = {name: f"127.77.{net}.{n}" for n, name in enumerate(SERVERS, 1)}
        self.processes = {}

    def place(self, name, text):
        """The text as it is said outside of the container."""
        for variable, value in PASSWORDS.items():
            text = re.sub(r"\$\{" + variable + r"[^}]*\}", value, text)
        text = re.sub(r"(?<![\w/.])/(?=(certs|data)\b)", f"{self.mount(name)}/", text)
        text = text.replace("/tmp/made", str(self.root / "made")).replace("$$", "$")
        text = text.replace("@postgres/", f"@{urllib.parse.quote(self.sockets, safe='')}/")
        text = text.replace("/usr/local/share/tessera/migrations", str(ROOT / "migrations"))
        for other, address in self.addresses.items():
            text = text.replace(f"//{other}:", f"//{address}:")
        return text.replace("0.0.0.0", self.addresses.get(name, ""))

    def mount(self, name):
        """A folder with the service's volumes where the container has them."""
        tree = self.root / "mounts" / name
        for volume in COMPOSE["services"][name]["volumes"]:
            source, target = volume.split(":")[:2]
            (self.root / source).mkdir(exist_ok=True)
            place = tree / target[1:]
            place.parent.mkdir(parents=True, exist_ok=True)
            if not place.is_symlink():
                place.symlink_to(self.root / source)
        return tree

    def start(self, name):
        service = COMPOSE["services"][name]
        environment = {**image_environment(), **service.get("environment", {})}
        command = [self.place(name, each) for each in service["command"]]
        log = open(self.root / f"{name}.log", "ab")
        self.processes[name] = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env={
                **{key: self.place(name, value) for key, value in environment.items()},
                "PATH": f"{self.root}/bin:{os.environ['PATH']}", "SWIFT_BACKTRACE": "enable=no"})
        return self.processes[name]

    def data(self, name, file):
        path = self.root / name / file
        return json.loads(path.read_text()) if path.exists() else None

    def is_ready(self, name):
        assert self.processes[name].poll() is None, (self.root / f"{name}.log").read_text()
        return (self.data(name, "endpoints.json") or {}).get("pid") == self.processes[name].pid

    def remove(self):
        for process in self.processes.values():
            process.terminate()
        statuses = [process.wait(60) for process in self.processes.values()]
        shutil.rmtree(self.root)
        return statuses


@pytest.fixture
def sockets(own_server):
    """A PostgreSQL on which roles.sh was run, as its image does."""
    directory = (own_server().start().data / "postgres.socketdir").read_text().strip()
    subprocess.run(
        ["sh", DEPLOY / "postgres/roles.sh"], check=True, timeout=60, capture_output=True,
        env={**os.environ, **PASSWORDS, "PGHOST": directory, "PGUSER": "tessera"})
    return directory


def test_the_installation_of_the_compose_file_serves_clients(request, sockets):
    containers = Containers(request.config.getoption("--binary"), sockets)
    try:
        assert containers.start("certificates").wait(60) == 0
        assert not list((containers.root / "certificates-frontend").glob("*ca-key*"))
        # Once more, as at the second `up`: nothing is made anew.
        made = (containers.root / "certificates-engine/ca.pem").read_bytes()
        assert containers.start("certificates").wait(60) == 0
        assert (containers.root / "certificates-engine/ca.pem").read_bytes() == made
        del containers.processes["certificates"]
        for name in SERVERS:
            containers.start(name)
        for name in SERVERS:
            assert wait_until(lambda: containers.is_ready(name), READY_SECONDS), (
                containers.root / f"{name}.log").read_text()
        bootstrap = containers.data("control", "bootstrap.json")
        for name in ("frontend-1", "frontend-2"):
            url = containers.data(name, "endpoints.json")["http"]
            assert urllib.parse.urlsplit(url).port == 8000
            # A frontend that was there before the control plane finds it within a second or two.
            identity = url + "/api/v2/auth/identity"
            assert wait_until(
                lambda: call("GET", identity, token=bootstrap["token"])[0] == 200, READY_SECONDS)
            base = f"{url}/api/v2/tenants/{bootstrap['tenant']}/databases/{bootstrap['database']}"
            made = expect(call(
                "POST", base + "/collections", {"name": f"of-{name}"}, bootstrap["token"]))
            expect(call("POST", f"{base}/collections/{made['id']}/add", {
                "ids": ["a"], "embeddings": [[1.0, 2.0]]}, bootstrap["token"]), 201)
        assert expect(call("GET", base + "/collections_count", token=bootstrap["token"])) == 2
    finally:
        statuses = containers.remove()
    assert statuses == [0] * len(SERVERS)


def test_the_image_has_all_that_the_package_names():
    copied = [line.split()[1] for line in DOCKERFILE.splitlines()
              if line.startswith("COPY ") and "--from" not in line]
    assert all((ROOT / each).exists() for each in copied)
    for path in re.findall(r'path: "([^"]+)"', (ROOT / "Package.swift").read_text()):
        assert any(pathlib.PurePath(path).is_relative_to(each) for each in copied), path


def test_files_that_containers_mount_are_there():
    for name, service in COMPOSE["services"].items():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            known = source in COMPOSE["volumes"]
            assert known or (DEPLOY / source).exists(), f"{name}: {volume}"
