"""Exported usage equals the client's own account, also when processes are killed at any moment.

KILLS=n and SEED=n in the environment choose how many and which.
"""

import http.client
import os
import random
import threading
import time
import urllib.error

import server as server_module
from metering import Account, exported, record_bytes
from tenancy import make_tenant

KILLS = int(os.environ.get("KILLS", "10"))
CLIENTS = 3
SETTLE_SECONDS = 90
KILL_AFTER_SECONDS = (0.05, 0.8)
DOCUMENT_BYTES_MAX = 200
# Metadata of every record, and its size.
METADATA, METADATA_BYTES = {"n": 7}, 9
# More than any one read of this test shows.
SHOWN_BYTES_MAX = 5 * (3 + DOCUMENT_BYTES_MAX + METADATA_BYTES + 8)


class Client(threading.Thread):
    """Writes to and reads from a collection, and keeps account."""

    def __init__(self, tenant, urls, collection_id, seed):
        super().__init__(daemon=True)
        self.tenant, self.urls, self.id = tenant, urls, collection_id
        self.random = random.Random(seed)
        self.account = Account()
        self.answers = 0
        self.faults = []
        self.is_done = threading.Event()

    def run(self):
        steps = [self.write, self.write, self.get, self.query, self.count]
        while not self.is_done.is_set():
            self.random.choice(steps)()

    def finish(self):
        self.is_done.set()
        self.join()

    def ask(self, method, path, body, most, used):
        """Sends a request.

        `most` is what it uses at most, as far as a request without an answer is known; `used`
        says what an answered one used.
        """
        url = self.random.choice(self.urls()) + self.tenant.path
        url += f"/collections/{self.id}/{path}"
        try:
            status, answer = server_module.call(method, url, body, self.tenant.token, timeout=30)
        except urllib.error.URLError as error:
            # Who isn't there to be connected to has done nothing.
            if not isinstance(error.reason, ConnectionRefusedError):
                self.account.unanswered(**most)
            time.sleep(0.02)
            return
        except (OSError, ValueError, http.client.HTTPException):
            self.account.unanswered(**most)
            return
        if status in (200, 201):
            self.answers += 1
            self.account.answered(**used(answer))
        elif status >= 500:
            # What failed is free, but for what the engine has written down all the same.
            self.account.unanswered(written_bytes=most.get("written_bytes", 0))
            time.sleep(0.02)
        elif status != 429:
            self.faults.append(f"{method} {path}: {status} {answer}")

    def write(self):
        key = f"k{self.random.randrange(30)}"
        operation = self.random.choice(["add", "upsert", "update", "delete"])
        body, size = {"ids": [key]}, len(key)
        if operation != "delete":
            document = "x" * self.random.randrange(DOCUMENT_BYTES_MAX)
            body.update(embeddings=[[1.0, 2.0]], documents=[document], metadatas=[METADATA])
            size = record_bytes(key, document, (1.0, 2.0), METADATA)
        cost = {"written_bytes": size, "write_requests": 1}
        self.ask("POST", operation, body, cost, lambda _: cost)

    def get(self):
        self.read("get", {"limit": 5}, 1, lambda answer: sum(
            record_bytes(key, document, (), metadata) for key, document, metadata
            in zip(answer["ids"], answer["documents"], answer["metadatas"])))

    def query(self):
        body = {"query_embeddings": [[1.0, 2.0]], "n_results": 3, "where": METADATA,
                "include": ["documents", "distances"]}
        self.read("query", body, 2, lambda answer: sum(
            record_bytes(key, document) + 8 for key, document
            in zip(answer["ids"][0], answer["documents"][0])))

    def count(self):
        self.read("count", None, 1, lambda _: 4, method="GET")

    def read(self, path, body, units, shown, method="POST"):
        cost = {"read_requests": 1, "query_units": units}
        self.ask(method, path, body, {**cost, "returned_bytes": SHOWN_BYTES_MAX},
                 lambda answer: {**cost, "returned_bytes": shown(answer)})


class World:
    """A tenant with a collection, and its clients at work."""

    def __init__(self, server, urls, seed):
        self.tenant = make_tenant(server)
        client = self.tenant.cloud_client()
        self.collection = client.create_collection("things", embedding_function=None)
        chance = random.Random(seed)
        self.clients = [
            Client(self.tenant, urls, self.collection.id, chance.randrange(2**32))
            for _ in range(CLIENTS)]
        for each in self.clients:
            each.start()

    def settle(self, control):
        """What is wrong with the export, once everything had time to be reported."""
        total = Account()
        for client in self.clients:
            client.finish()
            assert client.faults == []
            assert client.answers > 0
            total.certain.update(client.account.certain)
            total.open.update(client.account.open)
        server_module.wait_until(
            lambda: not total.faults(exported(control, self.tenant)), SETTLE_SECONDS)
        # What is too much may come later still.
        time.sleep(5)
        print(f"usage: {dict(total.certain)} certain, {dict(total.open)} open, "
              f"{dict(exported(control, self.tenant))} exported")
        return total.faults(exported(control, self.tenant))


def test_usage_is_the_clients_account_exactly(server):
    world = World(server, lambda: [server.url], 1)
    time.sleep(3)
    assert world.settle(server) == []
    assert sum(len(client.account.open) for client in world.clients) == 0


def test_forks_and_deletions_by_filter_are_counted(server):
    tenant = make_tenant(server)
    things = tenant.cloud_client().create_collection("things", embedding_function=None)
    things.add(ids=["a", "bb"], embeddings=[[1], [2]], metadatas=[{"n": 1}, {"n": 2}])
    things.fork("copy")
    things.delete(where={"n": 2})
    account = Account()
    account.answered(
        written_bytes=2 * 4 + 2 * 9 + 3 + 2, write_requests=2, forks=1, read_requests=0,
        query_units=1, returned_bytes=0)
    assert server_module.wait_until(lambda: not account.faults(exported(server, tenant)), 30)


def test_usage_survives_kill_9_at_any_moment(own_server):
    seed = int(os.environ.get("SEED", random.randrange(2**32)))
    print(f"seed {seed}")
    chance = random.Random(seed)
    server = own_server().start()
    world = World(server, lambda: [server.url], seed)
    for _ in range(KILLS):
        time.sleep(chance.uniform(*KILL_AFTER_SECONDS))
        server.kill()
        server.start()
    time.sleep(1)
    assert world.settle(server) == []


def test_usage_survives_the_end_of_any_process_of_an_installation(own_installation):
    seed = int(os.environ.get("SEED", random.randrange(2**32)))
    print(f"seed {seed}")
    chance = random.Random(seed)
    installation = own_installation(frontends=2).start()
    urls = list(installation.urls)
    world = World(installation, lambda: urls, seed)
    for _ in range(KILLS):
        time.sleep(chance.uniform(*KILL_AFTER_SECONDS))
        victim = chance.choice(installation.processes)
        victim.kill()
        victim.start()
        urls = list(installation.urls)
    time.sleep(1)
    assert world.settle(installation.control) == []
