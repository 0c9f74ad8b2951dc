"""What four writers were promised, and whether a server kept it.

Every write of a record carries a value never used before. Per record the ledger knows the last
acknowledged state and the writes whose outcome is unknown because the server died first. After
a restart a record must be in its last acknowledged state or in one that an unknown write made.
"""

import dataclasses

ABSENT = None


@dataclasses.dataclass
class Promise:
    """One record: what it must be, or may be besides."""

    acknowledged: "int | None" = ABSENT
    possible: list = dataclasses.field(default_factory=list)

    def allowed(self):
        return [self.acknowledged, *self.possible]


class Ledger:
    """The promises to one writer, who alone writes its ids, one request at a time."""

    def __init__(self):
        self.promises = {}

    def outcome(self, operation, key, value):
        """The state the operation leaves, from the state before (protocol §3)."""
        before = self.promise(key).acknowledged
        if operation == "delete":
            return ABSENT
        if operation == "add":
            return value if before is ABSENT else before
        if operation == "update":
            return ABSENT if before is ABSENT else value
        return value

    def promise(self, key):
        return self.promises.setdefault(key, Promise())

    def acknowledge(self, operation, key, value):
        self.promises[key] = Promise(self.outcome(operation, key, value))

    def leave_open(self, operation, key, value):
        self.promise(key).possible.append(self.outcome(operation, key, value))

    def settle(self, found):
        """What the restarted server shows is what holds from now on."""
        for key in self.promises:
            self.promises[key] = Promise(found.get(key, ABSENT))

    def broken(self, found):
        """The records of `found` (key -> value) that no promise allows, as sentences."""
        faults = [f"{key}: {value} was never written" for key, value in found.items()
                  if key not in self.promises]
        for key, promise in self.promises.items():
            value = found.get(key, ABSENT)
            if value not in promise.allowed():
                faults.append(f"{key}: found {value}, promised one of {promise.allowed()}")
        return faults
