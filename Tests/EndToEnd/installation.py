"""An installation of split roles: one control plane with its PostgreSQL, one engine, frontends.

Each is the real binary as a process of its own, with certificates that `tessera certs init` made.
Standard library only, as server.py.
"""

import shutil
import socket
import subprocess

from server import Server, ServerFailed, temporary_directory


class Installation:
    """The processes, by role. `frontends` is a list; every one of them serves the Chroma API.

    It has what tests use of a `Server` (`url`, `admin`, `cli`, `endpoints`, `binary`), so that
    what is written for one process runs against this: `url` is the first frontend's.
    """

    def __init__(self, binary, frontends=2, settings=None):
        self.root = temporary_directory()
        self.binary = binary
        self.certificates = self.root / "certificates"
        self._make_certificates()
        # Fixed, so that a process that is started again is found where it was.
        self.ports = {"control": free_port(), "engine": free_port()}
        self.engine = self._process("engine", settings)
        self.control = self._process("control", settings)
        self.frontends = [
            self._process("frontend", settings, f"frontend-{number}")
            for number in range(1, frontends + 1)
        ]

    def _make_certificates(self):
        subprocess.run(
            [self.binary, "certs", "init", "--out", str(self.certificates)], check=True,
            stdout=subprocess.DEVNULL)

    def _process(self, role, settings, name=None):
        name = name or role
        pair = self.certificates / role
        server = RoleServer(self.binary, self.root / name, role, {
            "NODE_ID": name,
            "EDGE_PORT": self.ports.get(role, 0),
            "EDGE_CA_FILE": self.certificates / "ca.pem",
            "EDGE_CERTIFICATE_FILE": f"{pair}.pem",
            "EDGE_PRIVATE_KEY_FILE": f"{pair}-key.pem",
            **(settings or {}),
        })
        if role != "engine":
            server.settings["EDGE_ENGINE_URL"] = f"https://127.0.0.1:{self.ports['engine']}"
        if role != "control":
            server.settings["EDGE_CONTROL_URL"] = f"https://127.0.0.1:{self.ports['control']}"
        return server

    @property
    def processes(self):
        return [self.engine, self.control, *self.frontends]

    def start(self):
        """All of them. A port that somebody took meanwhile fails the test, loudly."""
        for server in self.processes:
            server.start()
        return self

    def stop(self):
        """The exit statuses, from the top down."""
        return [server.stop() for server in reversed(self.processes)]

    def kill(self):
        for server in reversed(self.processes):
            server.kill()

    def remove(self):
        for server in reversed(self.processes):
            server.remove()
        shutil.rmtree(self.root, ignore_errors=True)

    def log_tail(self, lines=60):
        return "\n".join(
            f"--- {server.root.name}\n{server.log_tail(lines // 2)}" for server in self.processes)

    # As a server

    @property
    def url(self):
        return self.frontends[0].url

    @property
    def urls(self):
        return [frontend.url for frontend in self.frontends]

    @property
    def endpoints(self):
        """The first frontend's and the control plane's."""
        return {**self.control.endpoints, **self.frontends[0].endpoints}

    @property
    def bootstrap(self):
        return self.control.bootstrap

    @property
    def admin_token(self):
        return self.control.admin_token

    @property
    def settings(self):
        return self.control.settings

    @property
    def process(self):
        return self.frontends[0].process

    @property
    def data(self):
        """Where the tenants' files are."""
        return self.engine.data

    def environment(self):
        return self.control.environment()

    def inspect(self, path, *arguments):
        return self.engine.inspect(path, *arguments)

    def admin(self, method, path, body=None, token=None):
        return self.control.admin(method, path, body, token)

    def cli(self, *arguments, check=True):
        return self.control.cli(*arguments, check=check)

    def through(self, number):
        """The same installation, seen through one of its frontends."""
        return View(self, number)


class View:
    """An installation as a client of one frontend sees it."""

    def __init__(self, installation, number):
        self.installation = installation
        self.frontend = installation.frontends[number]

    @property
    def url(self):
        return self.frontend.url

    @property
    def endpoints(self):
        return {**self.installation.control.endpoints, **self.frontend.endpoints}

    def __getattr__(self, name):
        return getattr(self.installation, name)


class RoleServer(Server):
    """A process of one role."""

    def __init__(self, binary, directory, role, settings):
        directory.mkdir(mode=0o755)
        super().__init__(binary, directory, settings)
        self.role = role

    def command(self, *arguments):
        return super().command("--roles", self.role, *arguments)


def free_port():
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


__all__ = ["Installation", "ServerFailed"]
