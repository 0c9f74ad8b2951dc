"""kill -9 under four writers: what was acknowledged is there after every restart.

ROUNDS=n and SEED=n in the environment choose how long and which.
"""

import itertools
import os
import random
import threading
import time

from crash_ledger import Ledger
from tenancy import make_tenant

ROUNDS = int(os.environ.get("ROUNDS", "10"))
WRITERS = 4
KEYS_PER_WRITER = 40
KILL_AFTER_SECONDS = (0.05, 1.0)

_values = itertools.count(1)


class Writer(threading.Thread):
    """Writes to ids of its own until the server is gone."""

    def __init__(self, number, tenant, path, ledger, seed):
        super().__init__(daemon=True)
        self.number, self.tenant, self.path, self.ledger = number, tenant, path, ledger
        self.random = random.Random(seed)
        self.acknowledged = 0
        self.refused = []

    def run(self):
        while self.write():
            self.acknowledged += 1

    def write(self):
        operation = self.random.choice(["add", "upsert", "update", "upsert", "delete"])
        key = f"w{self.number}-{self.random.randrange(KEYS_PER_WRITER)}"
        value = next(_values)
        body = {"ids": [key]}
        if operation != "delete":
            body.update(embeddings=[[value, 1.0]], documents=[f"d{value}"],
                        metadatas=[{"value": value}])
        try:
            status, answer = self.tenant.call("POST", f"{self.path}/{operation}", body)
        except (OSError, ValueError):
            self.ledger.leave_open(operation, key, value)
            return False
        if status not in (200, 201):
            self.refused.append((status, answer))
            self.ledger.leave_open(operation, key, value)
            return False
        self.ledger.acknowledge(operation, key, value)
        return True


def found_of(collection, number):
    """What the server holds for one writer: id -> value; parts of a record must agree."""
    records = collection.get(include=["documents", "metadatas", "embeddings"])
    found = {}
    for key, document, metadata, embedding in zip(
            records["ids"], records["documents"], records["metadatas"], records["embeddings"]):
        if key.startswith(f"w{number}-"):
            value = metadata["value"]
            torn = (document, list(map(float, embedding))) != (f"d{value}", [float(value), 1.0])
            found[key] = f"torn {document} {embedding}" if torn else value
    return found


def test_kill_9_loses_nothing_acknowledged(own_server):
    seed = int(os.environ.get("SEED", random.randrange(2**32)))
    print(f"seed {seed}, {ROUNDS} rounds")
    chance = random.Random(seed)
    server = own_server().start()
    tenant = make_tenant(server)
    made = tenant.cloud_client().create_collection("crash", embedding_function=None)
    ledgers = [Ledger() for _ in range(WRITERS)]
    total = 0
    for round_number in range(ROUNDS):
        writers = [Writer(number, tenant, tenant.collection_path(made), ledger,
                          chance.randrange(2**32)) for number, ledger in enumerate(ledgers)]
        for writer in writers:
            writer.start()
        time.sleep(chance.uniform(*KILL_AFTER_SECONDS))
        server.kill()
        for writer in writers:
            writer.join()
        assert [writer.refused for writer in writers] == [[]] * WRITERS
        total += sum(writer.acknowledged for writer in writers)
        server.start()
        check(tenant, made.id, ledgers, f"seed {seed} round {round_number}")
    print(f"{total} acknowledged writes, {ROUNDS} kills, nothing lost")
    assert total > 0


def check(tenant, collection_id, ledgers, where):
    collection = tenant.cloud_client().get_collection("crash", embedding_function=None)
    assert collection.id == collection_id
    for number, ledger in enumerate(ledgers):
        found = found_of(collection, number)
        assert ledger.broken(found) == [], where
        ledger.settle(found)
    assert collection.count() == sum(len(found_of(collection, n)) for n in range(len(ledgers)))
