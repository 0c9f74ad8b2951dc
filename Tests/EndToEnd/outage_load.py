"""The load under which the processes of an installation are killed, one after the other.

Unlike the load of the crash test it never ends by itself: clients try again, elsewhere or later.
Each notes what it was promised and every answer that nobody may get.
"""

import itertools
import random
import threading
import time

from server import call

# A hung request would hide an outage; longer than any that a killed process causes.
REQUEST_SECONDS = 30
PAUSE_SECONDS = 0.05

_values = itertools.count(1)


class Client(threading.Thread):
    """A client of one tenant that goes on whatever happens, until it is told to stop."""

    # What a client may be answered while something is away.
    AWAY = {429, 503}

    def __init__(self, tenant, installation, seed):
        super().__init__(daemon=True)
        self.tenant, self.installation = tenant, installation
        self.random = random.Random(seed)
        self.stopping = threading.Event()
        # Sentences about answers that nobody may get.
        self.faults = []
        # How many requests were answered as they should be, by frontend.
        self.done = [0] * len(installation.frontends)
        self.away = 0

    def run(self):
        while not self.stopping.is_set():
            try:
                self.step()
            except Exception as error:  # noqa: BLE001 a client that died would prove nothing
                self.faults.append(f"{type(error).__name__}: {error}")
                return

    def stop(self):
        self.stopping.set()
        self.join()

    def ask(self, number, method, path, body=None, token=None):
        """The answer of a frontend; None when none came."""
        endpoints = self.installation.frontends[number].endpoints
        try:
            return call(
                method, endpoints["http"] + self.tenant.path + path, body,
                token or self.tenant.token, timeout=REQUEST_SECONDS)
        except (OSError, ValueError):
            return None

    def rest(self):
        self.away += 1
        time.sleep(PAUSE_SECONDS)


class Writer(Client):
    """Writes records of its own through either frontend, and reads through either what it wrote."""

    KEYS = 20

    def __init__(self, name, tenant, installation, collection_id, seed):
        super().__init__(tenant, installation, seed)
        self.name, self.path = name, f"/collections/{collection_id}"
        self.serial = itertools.count()
        # Key -> the value it must have; None: it must be absent.
        self.promised = {self.new_key(): None for _ in range(self.KEYS)}
        # Keys whose last write got no answer, with what they may be. Nobody writes them again, for
        # that write may yet be carried out.
        self.open = {}

    def new_key(self):
        return f"{self.name}-{next(self.serial)}"

    def step(self):
        number = self.random.randrange(len(self.installation.frontends))
        key = self.random.choice(list(self.promised))
        if self.random.random() < 0.3:
            self.read(number, key)
        else:
            self.write(number, key)

    def write(self, number, key):
        value = None if self.random.random() < 0.2 else next(_values)
        body = {"ids": [key]}
        if value is not None:
            body.update(embeddings=[[value, 1.0]], documents=[f"d{value}"],
                        metadatas=[{"value": value}])
        operation = "delete" if value is None else "upsert"
        answer = self.ask(number, "POST", f"{self.path}/{operation}", body)
        status = answer and answer[0]
        if status in (200, 201):
            self.promised[key] = value
            self.done[number] += 1
        elif status == 429:
            self.rest()
        else:
            self.open[key] = [self.promised.pop(key), value]
            self.promised[self.new_key()] = None
            if status not in {None, *self.AWAY}:
                self.faults.append(f"{operation}: {answer}")
            self.rest()

    def read(self, number, key):
        answer = self.ask(
            number, "POST", f"{self.path}/get", {"ids": [key], "include": ["metadatas"]})
        status = answer and answer[0]
        if status == 200:
            self.done[number] += 1
            found = [entry["value"] for entry in answer[1]["metadatas"]]
            expected = [] if self.promised[key] is None else [self.promised[key]]
            if found != expected:
                self.faults.append(f"{key}: read {found}, promised {expected}")
        else:
            if status not in {None, *self.AWAY}:
                self.faults.append(f"get: {answer}")
            self.rest()

    def broken(self, found):
        """What no promise allows of `found`: key -> value."""
        faults = [f"{key}: {found.get(key)}, promised {value}"
                  for key, value in self.promised.items() if found.get(key) != value]
        faults += [f"{key}: {found.get(key)}, one of {values} it may be"
                   for key, values in self.open.items() if found.get(key) not in values]
        return faults


class Intruder(Client):
    """Asks with credentials that must never be let in."""

    # An outage may keep a frontend from telling that a token is bad.
    REFUSED = {401, 403, 429, 503}

    def __init__(self, tenant, installation, collection_id, tokens, seed):
        super().__init__(tenant, installation, seed)
        self.path, self.tokens = f"/collections/{collection_id}", tokens
        self.serial = itertools.count()

    def step(self):
        number = self.random.randrange(len(self.installation.frontends))
        kind = self.random.choice([*self.tokens, "made up"])
        token = self.tokens.get(kind) or self.made_up()
        answer = self.ask(number, "POST", f"{self.path}/get", {"limit": 1}, token)
        if answer is None:
            return self.rest()
        self.done[number] += 1
        if answer[0] not in self.REFUSED:
            self.faults.append(f"{kind} token: {answer}")
        time.sleep(PAUSE_SECONDS)

    def made_up(self):
        """A good token with another key id: the shape is right, nobody knows it."""
        scheme, key, secret = self.tenant.token.split("_", 2)
        letters = list(key)
        self.random.shuffle(letters)
        return f"{scheme}_{''.join(letters)}_{secret}{next(self.serial)}"
