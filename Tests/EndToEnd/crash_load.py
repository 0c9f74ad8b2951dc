"""The load under which the crash test kills the server: threads that note what they were promised.

Each thread writes to records and collections of its own, one request at a time, so that what an
answer promised needs no guessing. A thread ends when the server is gone.
"""

import collections
import copy
import itertools
import random
import threading

from crash_ledger import Ledger

KEYS_PER_WRITER = 40
# Long enough that a few hundred writes fill the tail and are sealed.
PADDING = "x" * 4000

_values = itertools.count(1)


class ServerGone(Exception):
    """No answer came: whether the request was carried out is unknown."""


class Refused(Exception):
    """An answer that no request of this load should get."""


class Load(threading.Thread):
    """A thread that works until the server is gone."""

    def __init__(self, tenant, seed):
        super().__init__(daemon=True)
        self.tenant = tenant
        self.random = random.Random(seed)
        self.acknowledged = collections.Counter()
        self.refused = []

    def run(self):
        try:
            while True:
                self.step()
        except ServerGone:
            return
        except Refused as refusal:
            self.refused.append(str(refusal))

    def ask(self, method, path, body=None):
        """The answer; None when the server is busy and did nothing."""
        try:
            status, answer = self.tenant.call(method, path, body)
        except (OSError, ValueError) as error:
            raise ServerGone from error
        if status == 429:
            return None
        if status not in (200, 201):
            raise Refused(f"{method} {path}: {status} {answer}")
        return answer

    def write(self, collection_id, ledger, key):
        """One write to one record, noted in the ledger."""
        operation = self.random.choice(["add", "upsert", "update", "upsert", "delete"])
        value = next(_values)
        body = {"ids": [key]}
        if operation != "delete":
            body.update(embeddings=[[value, 1.0]], documents=[document_of(value)],
                        metadatas=[{"value": value}])
        try:
            answer = self.ask("POST", f"/collections/{collection_id}/{operation}", body)
        except (ServerGone, Refused):
            ledger.leave_open(operation, key, value)
            raise
        if answer is not None:
            ledger.acknowledge(operation, key, value)
            self.acknowledged[operation] += 1


class Writer(Load):
    """Writes to its own ids of the collection that all writers share."""

    def __init__(self, number, tenant, collection_id, ledger, seed):
        super().__init__(tenant, seed)
        self.number, self.collection_id, self.ledger = number, collection_id, ledger

    def step(self):
        key = f"w{self.number}-{self.random.randrange(KEYS_PER_WRITER)}"
        self.write(self.collection_id, self.ledger, key)


class Shelf:
    """The collections of one shaper: what each must hold, and whether it must be there."""

    def __init__(self):
        self.ledgers = {}
        self.ids = {}
        # Names of collections that a request without an answer made or deleted.
        self.open = set()
        # How often the tree of forks that a collection belongs to was forked.
        self.roots = {}
        self.forks = collections.Counter()

    def put(self, name, collection_id, ledger, root):
        self.ids[name], self.ledgers[name], self.roots[name] = collection_id, ledger, root

    def drop(self, name):
        for table in (self.ids, self.ledgers, self.roots):
            table.pop(name, None)
        self.open.discard(name)

    def broken(self, found):
        """What no promise allows of `found`: name -> (id, key -> value), as sentences."""
        faults = [f"collection {name} was never made" for name in found
                  if name not in self.ledgers]
        for name, ledger in self.ledgers.items():
            if name not in found:
                if name not in self.open:
                    faults.append(f"collection {name} is gone")
                continue
            collection_id, records = found[name]
            if self.ids[name] not in (None, collection_id):
                faults.append(f"collection {name} has another id")
            faults += [f"{name}: {fault}" for fault in ledger.broken(records)]
        return faults

    def settle(self, found):
        """What the restarted server shows is what holds from now on."""
        for name in list(self.ledgers):
            if name not in found:
                self.drop(name)
            else:
                self.ids[name] = found[name][0]
                self.ledgers[name].settle(found[name][1])
        self.open.clear()


class Shaper(Load):
    """Makes, forks and deletes collections of its own, and writes to them."""

    COLLECTIONS_MAX = 10
    # Chroma allows 256 forks in a tree.
    FORKS_MAX = 100

    def __init__(self, tenant, shelf, seed):
        super().__init__(tenant, seed)
        self.shelf = shelf

    def step(self):
        names = sorted(self.shelf.ids)
        chance = self.random.random()
        if len(names) < 2 or chance < 0.1:
            self.create()
        elif len(names) > self.COLLECTIONS_MAX or chance < 0.2:
            self.delete(self.random.choice(names))
        elif chance < 0.4:
            self.fork(self.random.choice(names))
        else:
            name = self.random.choice(names)
            key = f"s-{self.random.randrange(KEYS_PER_WRITER)}"
            self.write(self.shelf.ids[name], self.shelf.ledgers[name], key)

    def create(self):
        name = f"made-{next(_values)}"
        self.make(name, "/collections", {"name": name}, Ledger(), root=name)

    def fork(self, source):
        root = self.shelf.roots[source]
        if self.shelf.forks[root] >= self.FORKS_MAX:
            return self.delete(source)
        self.shelf.forks[root] += 1
        name = f"fork-{next(_values)}"
        self.make(
            name, f"/collections/{self.shelf.ids[source]}/fork", {"new_name": name},
            copy.deepcopy(self.shelf.ledgers[source]), root)

    def make(self, name, path, body, ledger, root):
        try:
            answer = self.ask("POST", path, body)
        except (ServerGone, Refused):
            self.shelf.put(name, None, ledger, root)
            self.shelf.open.add(name)
            raise
        if answer is not None:
            self.shelf.put(name, answer["id"], ledger, root)
            self.acknowledged["fork" if path.endswith("/fork") else "create"] += 1

    def delete(self, name):
        self.shelf.open.add(name)
        if self.ask("DELETE", f"/collections/{name}") is None:
            return self.shelf.open.discard(name)
        self.shelf.drop(name)
        self.acknowledged["delete_collection"] += 1


def document_of(value):
    return f"d{value} {PADDING}"


def records_of(collection):
    """What the server holds: key -> value. The parts of a record must agree, and none be twice."""
    answer = collection.get(include=["documents", "metadatas", "embeddings"])
    found = {}
    for key, document, metadata, embedding in zip(
            answer["ids"], answer["documents"], answer["metadatas"], answer["embeddings"]):
        value = metadata["value"]
        torn = (document, list(map(float, embedding))) != (document_of(value), [value, 1.0])
        twice = key in found
        found[key] = "twice" if twice else f"torn {document[:20]} {embedding}" if torn else value
    count = collection.count()
    if count != len(answer["ids"]):
        found["count"] = f"{count} counted, {len(answer['ids'])} listed"
    return found
