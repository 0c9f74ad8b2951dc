"""What a client used by its own account, and what the server says it used.

The sizes are those of docs/metering.md, computed here a second time.
"""

import collections
import subprocess

METERS = ("written_bytes", "returned_bytes", "query_units", "read_requests", "write_requests",
          "forks")


def metadata_bytes(metadata):
    size = 0
    for key, value in (metadata or {}).items():
        size += len(key.encode())
        size += len(value.encode()) if isinstance(value, str) else 1 if value is True else 8
    return size


def record_bytes(key, document=None, embedding=(), metadata=None):
    return (len(key.encode()) + len((document or "").encode()) + 4 * len(embedding)
            + metadata_bytes(metadata))


class Account:
    """What was used for certain, and what requests without an answer may have used beside."""

    def __init__(self):
        self.certain = collections.Counter()
        self.open = collections.Counter()

    def answered(self, **used):
        self.certain.update(used)

    def unanswered(self, **used):
        self.open.update(used)

    def faults(self, exported):
        """Where an export is less than certain or more than possible, as sentences."""
        return [
            f"{meter}: {exported[meter]} exported, {self.certain[meter]} certain, "
            f"{self.open[meter]} open"
            for meter in METERS
            if not self.certain[meter] <= exported[meter]
            <= self.certain[meter] + self.open[meter]
        ]


def exported(server, tenant):
    """The tenant's usage in all, as PostgreSQL has it: meter -> quantity."""
    sockets = (server.data / "postgres.socketdir").read_text().strip()
    rows = subprocess.run(
        ["psql", "-h", sockets, "-U", "tessera", "-d", "tessera", "-At", "-F", " ", "-c",
         "SELECT meter, sum(quantity) FROM usage.total t "
         "JOIN usage.tenant_name n USING (tenant_id) "
         f"WHERE n.name = '{tenant.name}' GROUP BY meter"],
        check=True, capture_output=True, text=True, timeout=60).stdout.split("\n")
    pairs = [row.split(" ") for row in rows if row]
    return collections.Counter({meter: int(quantity) for meter, quantity in pairs})
