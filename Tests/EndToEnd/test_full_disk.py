"""A full disk: writes are refused in words, reads go on, and space heals it without a restart.

The tenants' directory is a small file system in memory, which only root can mount.
"""

import os
import re
import subprocess
import threading

import pytest

from server import call
from tenancy import make_tenant

DISK = "24m"
BALLAST_BYTES = 8 << 20
WRITERS = 3
BATCH = 50
DIMENSION = 384


@pytest.fixture
def small_disk(own_server):
    """A stopped server whose tenants' directory is a small disk."""
    server = own_server()
    directory = server.data / "tenants"
    directory.mkdir(parents=True, mode=0o700)
    server.data.chmod(0o700)
    mount = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK},mode=0700", "tmpfs", directory],
        capture_output=True, text=True)
    if mount.returncode != 0:
        pytest.skip(f"a small disk cannot be mounted here: {mount.stderr.strip()}")
    try:
        yield server
    finally:
        server.kill()
        subprocess.run(["umount", "--lazy", directory], check=True)


class Filler(threading.Thread):
    """Adds batches until it was refused a few times."""

    def __init__(self, tenant, path, name):
        super().__init__(daemon=True)
        self.tenant, self.path, self.name = tenant, path, name
        self.acknowledged, self.refusals = [], []

    def run(self):
        number = 0
        while len(self.refusals) < 5:
            ids = [f"{self.name}-{number}-{row}" for row in range(BATCH)]
            body = {"ids": ids, "embeddings": [[float(number)] * DIMENSION] * BATCH,
                    "documents": [f"document {each}" for each in ids]}
            status, answer = self.tenant.call("POST", f"{self.path}/add", body)
            if status == 201:
                self.acknowledged += ids
            else:
                self.refusals.append((status, answer))
            number += 1


def fill(tenant, path, round_number):
    fillers = [Filler(tenant, path, f"r{round_number}w{n}") for n in range(WRITERS)]
    for filler in fillers:
        filler.start()
    for filler in fillers:
        filler.join()
    refusals = [refusal for filler in fillers for refusal in filler.refusals]
    return {each for filler in fillers for each in filler.acknowledged}, refusals


def all_ids(collection):
    ids = collection.get(include=[])["ids"]
    assert len(ids) == len(set(ids))
    return set(ids)


def files_of(server):
    return sorted(path.name for path in (server.data / "tenants").rglob("*.log"))


def test_a_full_disk_refuses_writes_serves_reads_and_heals(small_disk):
    server = small_disk
    ballast = server.data / "tenants" / "ballast"
    ballast.write_bytes(os.urandom(BALLAST_BYTES))
    server.start()
    code, ready = call("GET", server.endpoints["admin_http"] + "/readyz")
    assert code == 503 and "engine: The data directory's disk has" in str(ready)
    tenant = make_tenant(server)
    collection = tenant.cloud_client().create_collection("full", embedding_function=None)
    path = tenant.collection_path(collection)

    promised, refusals = fill(tenant, path, 1)
    assert promised and {status for status, _ in refusals} == {507}, refusals[:3]
    assert all("disk is full" in answer["message"] for _, answer in refusals)
    assert all_ids(collection) == promised, "reads go on"
    nearest = collection.query(query_embeddings=[[1.0] * DIMENSION], n_results=3)
    assert len(nearest["ids"][0]) == 3

    logs = files_of(server)
    more, _ = fill(tenant, path, 2)
    promised |= more
    assert len(files_of(server)) <= len(logs) + 1, "a seal in vain begins no log files"

    os.truncate(ballast, BALLAST_BYTES // 2)
    more, refusals = fill(tenant, path, 3)
    assert more, "with space again it writes, without a restart"
    promised |= more
    assert {status for status, _ in refusals} == {507}

    server.kill()
    server.start()
    collection = tenant.cloud_client().get_collection("full", embedding_function=None)
    assert all_ids(collection) == promised, "nothing acknowledged is lost on a full disk"

    ballast.unlink()
    collection.add(ids=["last"], embeddings=[[0.0] * DIMENSION])
    server.kill()
    server.start()
    collection = tenant.cloud_client().get_collection("full", embedding_function=None)
    assert all_ids(collection) == promised | {"last"}
    failures = re.findall("sealing failed", server.log.read_text(errors="replace"))
    # One a process and row of failures: never one a try.
    assert len(failures) <= 4
