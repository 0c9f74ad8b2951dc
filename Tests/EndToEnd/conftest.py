"""What the end-to-end tests share. A server that fails to start fails its tests."""

import pathlib

import pytest

from installation import Installation
from server import Server, temporary_directory
from tenancy import make_tenant

BUILT = pathlib.Path(__file__).resolve().parents[2] / ".build/debug/tessera"


def pytest_addoption(parser):
    parser.addoption("--binary", default=str(BUILT), help="the tessera to test")
    parser.addoption(
        "--split", action="store_true",
        help="the server that tests share is a control plane, an engine and two frontends")
    parser.addoption("--keep", action="store_true", help="keep the servers' data and logs")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    report = (yield).get_result()
    if report.failed:
        for server in getattr(item, "servers", []):
            report.sections.append((f"log of {server.root}", server.log_tail()))
            item.session.keep_servers = True


def new_server(request, **settings):
    server = Server(request.config.getoption("--binary"), temporary_directory(), settings)
    request.node.servers = getattr(request.node, "servers", []) + [server]
    return server


def finish(request, server):
    """Ends the process in any case; data and log stay where something failed."""
    keep = request.config.getoption("--keep") or getattr(request.session, "keep_servers", False)
    if keep:
        server.kill()
        print(f"kept {server.root}")
    else:
        server.remove()


@pytest.fixture(scope="session")
def shared(request):
    """One server that tests share when they don't disturb each other."""
    split = request.config.getoption("--split")
    server = (Installation(request.config.getoption("--binary")) if split
              else new_server(request))
    try:
        yield server.start()
    finally:
        finish(request, server)


@pytest.fixture
def server(request, shared):
    request.node.servers = [shared]
    return shared


@pytest.fixture
def own_server(request):
    """Makes servers that only this test uses: `own_server(ALLOW_RESET="true")`."""
    made = []

    def make(**settings):
        made.append(new_server(request, **settings))
        return made[-1]

    yield make
    for each in made:
        finish(request, each)


@pytest.fixture(scope="session")
def shared_installation(request):
    """One control plane, one engine and two frontends that tests share."""
    installation = Installation(request.config.getoption("--binary"))
    try:
        yield installation.start()
    finally:
        finish(request, installation)


@pytest.fixture
def installation(request, shared_installation):
    request.node.servers = [shared_installation]
    return shared_installation


@pytest.fixture
def own_installation(request):
    """Makes installations that only this test uses: `own_installation(ALLOW_RESET="true")`."""
    made = []

    def make(frontends=2, **settings):
        made.append(
            Installation(request.config.getoption("--binary"), frontends, settings))
        request.node.servers = getattr(request.node, "servers", []) + [made[-1]]
        return made[-1]

    yield make
    for each in made:
        finish(request, each)


@pytest.fixture
def tenant(server):
    return make_tenant(server)


@pytest.fixture
def client(tenant):
    return tenant.cloud_client()


@pytest.fixture
def collection(client):
    return client.create_collection("things", embedding_function=None)
