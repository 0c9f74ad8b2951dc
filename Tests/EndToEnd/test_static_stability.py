"""Static stability: what an installation of split roles does while a part of it is away.

A killed control plane or PostgreSQL can't revoke anything, so known tokens keep working; a
control plane that is silent might, so a frontend stops believing what it knows after 5 s.
"""

import contextlib
import os
import pathlib
import signal
import time

import pytest

from proxy import Proxy
from server import call, wait_until
from tenancy import expect, make_tenant, make_token

AUTHORITY_SECONDS = 5


@pytest.fixture
def parts(own_installation):
    """An installation, a tenant that both frontends know, and a token that none of them knows."""
    installation = own_installation().start()
    tenant = make_tenant(installation)
    collection = tenant.cloud_client().create_collection("things", embedding_function=None)
    unknown = make_token(installation, tenant.name)
    for url in installation.urls:
        assert add(url, tenant, collection, "warm", tenant.token) == 200
        assert call("GET", f"{url}/api/v2/auth/identity", token=tenant.token)[0] == 200
    return installation, tenant, collection, unknown


def add(url, tenant, collection, name, token):
    """One written record: the status of the answer."""
    return call(
        "POST", f"{url}{tenant.path}/collections/{collection.id}/upsert",
        {"ids": [name], "embeddings": [[1, 2]]}, token, timeout=20)[0]


def test_known_tokens_work_on_while_the_control_plane_is_down(parts):
    installation, tenant, collection, unknown = parts
    installation.control.kill()
    deadline = time.monotonic() + 2 * AUTHORITY_SECONDS
    written = 0
    while time.monotonic() < deadline:
        for url in installation.urls:
            assert add(url, tenant, collection, f"down-{written}", tenant.token) == 200
            # A client that starts now asks this first.
            assert call("GET", f"{url}/api/v2/auth/identity", token=tenant.token)[0] == 200
            assert add(url, tenant, collection, "never", unknown) == 503
        written += 1
        time.sleep(0.2)
    installation.control.start()
    for url in installation.urls:
        assert wait_until(lambda: add(url, tenant, collection, "after", unknown) == 200, 60)
    count = call(
        "GET", f"{installation.url}{tenant.path}/collections/{collection.id}/count",
        token=tenant.token)[1]
    assert count == written + len(["warm", "after"])


def test_what_is_revoked_right_after_a_restart_is_refused_everywhere(parts):
    installation, tenant, _, _ = parts
    installation.control.kill()
    time.sleep(1)
    installation.control.start()
    revoke(installation, tenant)
    # One that has not found the new control plane yet lets nobody in.
    for url in installation.urls:
        assert call("GET", f"{url}/api/v2/auth/identity", token=tenant.token)[0] in (401, 503)
        assert wait_until(lambda: call(
            "GET", f"{url}/api/v2/auth/identity", token=tenant.token)[0] == 401, 60)


def test_known_tokens_work_on_while_postgresql_is_down(parts):
    installation, tenant, collection, unknown = parts
    with postgres_stopped(installation.control):
        deadline = time.monotonic() + 2 * AUTHORITY_SECONDS
        while time.monotonic() < deadline:
            for url in installation.urls:
                assert add(url, tenant, collection, "down", tenant.token) == 200
                assert add(url, tenant, collection, "never", unknown) == 503
            time.sleep(0.2)
    for url in installation.urls:
        assert wait_until(lambda: add(url, tenant, collection, "after", unknown) == 200, 30)


def test_a_frontend_that_is_cut_off_lets_nobody_in_when_revoke_returns(parts):
    """A stopped process is cut off without a sign: nothing is refused, nothing answers."""
    installation, tenant, collection, _ = parts
    cut_off = installation.frontends[1]
    os.kill(cut_off.process.pid, signal.SIGSTOP)
    try:
        answer = revoke(installation, tenant)
        assert answer["unconfirmed_nodes"] == ["frontend-2"]
    finally:
        os.kill(cut_off.process.pid, signal.SIGCONT)
    for url in installation.urls:
        assert add(url, tenant, collection, "late", tenant.token) in (401, 503)
    assert wait_until(
        lambda: add(cut_off.url, tenant, collection, "late", tenant.token) == 401, 60)


def test_behind_a_cut_network_a_frontend_that_serves_lets_nobody_in_when_revoke_returns(
        own_installation):
    """What was sent before the cut arrives after it: that must not prolong anything."""
    installation = own_installation()
    network = Proxy(installation.ports["control"])
    cut_off = installation.frontends[1]
    cut_off.settings["EDGE_CONTROL_URL"] = f"https://127.0.0.1:{network.port}"
    installation.start()
    tenant = make_tenant(installation)
    collection = tenant.cloud_client().create_collection("things", embedding_function=None)
    for _ in range(3):
        for url in installation.urls:
            assert add(url, tenant, collection, "warm", tenant.token) == 200
        time.sleep(0.5)
    network.cut()
    # It is believed for a while: the cut alone takes nothing away.
    assert add(cut_off.url, tenant, collection, "cut", tenant.token) == 200
    answer = revoke(installation, tenant)
    assert answer["unconfirmed_nodes"] == ["frontend-2"]
    assert add(cut_off.url, tenant, collection, "late", tenant.token) == 503
    network.heal()
    assert wait_until(
        lambda: add(cut_off.url, tenant, collection, "late", tenant.token) != 503, 30)
    assert add(cut_off.url, tenant, collection, "late", tenant.token) == 401
    network.close()


def test_a_silent_control_plane_is_believed_for_5_seconds_only(parts):
    installation, tenant, collection, _ = parts
    os.kill(installation.control.process.pid, signal.SIGSTOP)
    try:
        # Nothing is asserted of when: only that silence never lasts as an outage's proof does.
        assert wait_until(
            lambda: add(installation.url, tenant, collection, "x", tenant.token) == 503, 60)
    finally:
        os.kill(installation.control.process.pid, signal.SIGCONT)
    assert wait_until(
        lambda: add(installation.url, tenant, collection, "x", tenant.token) == 200, 30)


def test_static_stability_can_be_switched_off(own_installation):
    installation = own_installation(frontends=1, STATIC_STABILITY_SECONDS=0).start()
    tenant = make_tenant(installation)
    collection = tenant.cloud_client().create_collection("things", embedding_function=None)
    installation.control.kill()
    assert wait_until(
        lambda: add(installation.url, tenant, collection, "x", tenant.token) == 503, 60)


def revoke(installation, tenant):
    key = tenant.token.split("_")[1]
    return expect(installation.admin(
        "POST", f"/v1/tenants/{tenant.name}/tokens/{key}:revoke", {}))


@contextlib.contextmanager
def postgres_stopped(control):
    """The control plane's PostgreSQL, killed again as often as it is started."""
    data = pathlib.Path(control.data)
    binaries = data / "postgres"
    hidden = pathlib.Path(f"{binaries}.away")
    binaries.rename(hidden)
    for pid in control.children():
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    try:
        yield
    finally:
        hidden.rename(binaries)
