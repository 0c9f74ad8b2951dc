"""Each process of an installation is killed in turn while clients work.

What is promised (DESIGN §2, issue 4): what is known is served without the control plane or its
PostgreSQL; the rest recovers by itself; no acknowledged write is lost; nobody is let in who may
not be. SEED=n repeats a run; OUTAGES=n kills each process so many times.
"""

import os
import random
import signal
import time

import pytest

from outage_load import Intruder, Writer
from server import call, wait_until
from tenancy import make_tenant, make_token

WRITERS = 4
OUTAGES = int(os.environ.get("OUTAGES", "1"))
OUTAGE_SECONDS = 2
RECOVERY_SECONDS = 60


class World:
    """An installation with its clients at work."""

    def __init__(self, installation, seed):
        self.installation = installation
        tenant, rival = make_tenant(installation), make_tenant(installation)
        self.tenant = tenant
        self.collection = tenant.cloud_client().create_collection(
            "shared", embedding_function=None)
        revoked = make_token(installation, tenant.name)
        status, answer = installation.admin(
            "POST", f"/v1/tenants/{tenant.name}/tokens/{revoked.split('_')[1]}:revoke", {})
        assert status == 200, answer
        chance = random.Random(seed)
        self.writers = [
            Writer(f"w{number}", tenant, installation, self.collection.id,
                   chance.randrange(2**32)) for number in range(WRITERS)]
        self.intruder = Intruder(
            tenant, installation, self.collection.id,
            {"revoked": revoked, "rival's": rival.token}, chance.randrange(2**32))
        for client in self.clients:
            client.start()

    @property
    def clients(self):
        return [*self.writers, self.intruder]

    def faults(self):
        return [fault for client in self.clients for fault in client.faults]

    def done(self, frontend=None):
        """Requests that were done so far, through one frontend or all."""
        numbers = range(len(self.installation.frontends)) if frontend is None else [frontend]
        return sum(writer.done[number] for writer in self.writers for number in numbers)

    def works(self, frontends, count=50):
        """Whether each of the frontends does so many more requests in time."""
        goals = {number: self.done(number) + count for number in frontends}
        return wait_until(
            lambda: self.faults() or all(
                self.done(number) >= goal for number, goal in goals.items()),
            RECOVERY_SECONDS) and not self.faults()

    def expect_work(self, where, frontends=None):
        every = range(len(self.installation.frontends))
        assert self.works(every if frontends is None else frontends), (where, self.faults())

    def finish(self):
        """Stops the clients; what is found must be what was promised, by either frontend."""
        for client in self.clients:
            client.stop()
        assert self.faults() == []
        for number in range(len(self.installation.frontends)):
            found = self.records(number)
            assert [fault for writer in self.writers for fault in writer.broken(found)] == []
        return sum(sum(writer.done) for writer in self.writers)

    def records(self, number):
        status, answer = call(
            "POST", self.installation.frontends[number].url + self.tenant.path
            + f"/collections/{self.collection.id}/get", {"include": ["metadatas"]},
            self.tenant.token)
        assert status == 200, answer
        return {key: entry["value"] for key, entry in zip(answer["ids"], answer["metadatas"])}


@pytest.fixture
def world(own_installation):
    seed = int(os.environ.get("SEED", random.randrange(2**32)))
    print(f"outages: seed {seed}")
    made = World(own_installation().start(), seed)
    made.expect_work("before any outage")
    yield made
    for client in made.clients:
        client.stop()


def test_each_process_is_killed_in_turn_while_clients_work(world):
    for _ in range(OUTAGES):
        without_control(world)
        without_postgres(world)
        for number in range(len(world.installation.frontends)):
            without_frontend(world, number)
        without_engine(world)
    # What was not known before, and needs everybody.
    client = make_tenant(world.installation).cloud_client()
    client.create_collection("after", embedding_function=None).add(ids=["a"], embeddings=[[1]])
    away = sum(client.away for client in world.clients)
    print(f"outages: {world.finish()} requests done, {away} answered 503 or not at all, "
          f"{sum(world.intruder.done)} intrusions refused")


def without_control(world):
    """Known tokens work on, through both frontends; unknown ones get no answer but 503."""
    control = world.installation.control
    fresh = make_token(world.installation, world.tenant.name)
    control.kill()
    world.expect_work("without the control plane")
    for url in world.installation.urls:
        status, answer = call("GET", f"{url}/api/v2/auth/identity", token=fresh)
        assert status == 503, answer
    control.start()
    world.expect_work("with the control plane again")
    assert wait_until(
        lambda: all(call("GET", f"{url}/api/v2/auth/identity", token=fresh)[0] == 200
                    for url in world.installation.urls), RECOVERY_SECONDS)


def without_postgres(world):
    """The control plane's own PostgreSQL; it is started again by its parent."""
    before = set(world.installation.control.children())
    assert before
    for process in before:
        try:
            os.kill(process, signal.SIGKILL)
        except ProcessLookupError:
            pass
    world.expect_work("without PostgreSQL")
    assert wait_until(
        lambda: world.installation.admin("GET", "/v1/tenants")[0] == 200, RECOVERY_SECONDS)
    world.expect_work("with PostgreSQL again")


def without_frontend(world, number):
    """The other one works on."""
    frontend = world.installation.frontends[number]
    others = [each for each in range(len(world.installation.frontends)) if each != number]
    frontend.kill()
    world.expect_work(f"without frontend {number}", others)
    frontend.start()
    world.expect_work(f"with frontend {number} again")


def without_engine(world):
    """Nothing works, and says so; then everything, by itself."""
    engine = world.installation.engine
    engine.kill()
    for url in world.installation.urls:
        status, answer = call(
            "GET", f"{url}{world.tenant.path}/collections", token=world.tenant.token)
        assert (status, answer["error"]) == (503, "ChromaError"), answer
    time.sleep(OUTAGE_SECONDS)
    engine.start()
    world.expect_work("with the engine again")
