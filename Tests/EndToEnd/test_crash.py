"""kill -9 under load: what was acknowledged is there after every restart, once and whole.

CYCLES=n and SEED=n in the environment choose how long and which; `make crash` is this test alone.
"""

import collections
import os
import pathlib
import random
import time

from crash_ledger import Ledger
from crash_load import Shaper, Shelf, Writer, records_of
from tenancy import make_tenant

CYCLES = int(os.environ.get("CYCLES", "10"))
WRITERS = 4
KILL_AFTER_SECONDS = (0.05, 1.0)
# Small, so that tails are sealed again and again under the load.
TAIL_BYTES_MAX = 1 << 20
SHARED = "shared"


def test_kill_9_loses_nothing_acknowledged(own_server):
    seed = int(os.environ.get("SEED", random.randrange(2**32)))
    chance = random.Random(seed)
    server = own_server(ENGINE_TAIL_BYTES_MAX_PER_TENANT=TAIL_BYTES_MAX).start()
    tenant = make_tenant(server)
    shared = tenant.cloud_client().create_collection(SHARED, embedding_function=None)
    ledgers, shelf = [Ledger() for _ in range(WRITERS)], Shelf()
    acknowledged = collections.Counter()
    for cycle in range(CYCLES):
        load = [Writer(number, tenant, shared.id, ledger, chance.randrange(2**32))
                for number, ledger in enumerate(ledgers)]
        load.append(Shaper(tenant, shelf, chance.randrange(2**32)))
        for thread in load:
            thread.start()
        time.sleep(chance.uniform(*KILL_AFTER_SECONDS))
        server.kill()
        for thread in load:
            thread.join()
            acknowledged.update(thread.acknowledged)
        where = f"seed {seed}, cycle {cycle}"
        assert [thread.refused for thread in load] == [[]] * len(load), where
        server.start()
        assert faults(tenant, shared.id, ledgers, shelf) == [], where
    print(f"crash: seed {seed}, {CYCLES} cycles, {acknowledged.total()} acknowledged writes "
          f"{dict(acknowledged)}, {seals(server)} seals, 0 lost")
    assert {"add", "upsert", "update", "delete", "create", "fork"} <= set(acknowledged)
    assert seals(server) > 0


def faults(tenant, shared_id, ledgers, shelf):
    """What no promise allows; what is found holds from then on."""
    found = {each.name: (str(each.id), records_of(each))
             for each in tenant.cloud_client().list_collections(limit=1000)}
    collection_id, records = found.pop(SHARED, (None, {}))
    broken = [] if collection_id == str(shared_id) else ["the shared collection is gone"]
    for number, ledger in enumerate(ledgers):
        own = {key: value for key, value in records.items() if key.startswith(f"w{number}-")}
        broken += ledger.broken(own)
        ledger.settle(own)
    broken += [f"{key}: {value}" for key, value in records.items() if not key.startswith("w")]
    broken += shelf.broken(found)
    shelf.settle(found)
    return broken


def seals(server):
    """A seal's checkpoint is numbered by the log file that it begins."""
    numbers = [int(path.stem) for path in pathlib.Path(server.data).glob(
        "tenants/*/log/*.checkpoint")]
    return max(numbers, default=1) - 1
