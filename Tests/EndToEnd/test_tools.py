"""What operators do to the files: inspect, scrub, repair, back up and restore."""

import json
import os
import threading
import time
import uuid
from random import Random

import pytest

from server import wait_until
from tenancy import Tenant, make_tenant, make_token


def fill(client, name, count, start=0):
    collection = client.get_or_create_collection(name, embedding_function=None)
    numbers = range(start, start + count)
    collection.upsert(
        ids=[f"{n}" for n in numbers],
        embeddings=[[n, n % 7, 1.0] for n in numbers],
        documents=[f"private words {n}" for n in numbers],
        metadatas=[{"n": n % 5, "word": f"w{n % 3}"} for n in numbers],
    )
    return collection


def tenant_directory(server):
    """The one tenant's directory that holds a log."""
    found = [path for path in (server.data / "tenants").iterdir() if (path / "log").exists()]
    assert len(found) == 1
    return found[0]


def stopped(own_server):
    """A stopped server whose first tenant has sealed and unsealed records."""
    server = own_server()
    server.start()
    tenant = make_tenant(server)
    collection = fill(tenant.cloud_client(), "things", 300)
    segments = tenant_directory(server) / "segments"
    assert wait_until(lambda: list(segments.glob("*.seg")), 30)
    collection.upsert(ids=["late"], embeddings=[[1, 2, 3]], documents=["private words late"])
    assert server.stop() == 0
    return server, tenant


def flip(path, offset):
    with open(path, "r+b") as file:
        file.seek(offset)
        byte = file.read(1)[0]
        file.seek(offset)
        file.write(bytes([byte ^ 0x10]))


def test_scrub_finds_damage_repair_mends_it_and_the_server_goes_on(own_server):
    server, tenant = stopped(own_server)
    clean = server.cli("scrub")
    assert "clean" in clean.stdout

    segment = next((tenant_directory(server) / "segments").glob("*.seg"))
    sections = json.loads(server.inspect(segment, "--json").stdout)["tables"][1]["rows"]
    table = next(row for row in sections if row["section"] == "idTable")
    flip(segment, int(table["offset"]))

    broken = server.cli("scrub", check=False)
    assert broken.returncode == 1
    assert segment.name in broken.stdout and f"byte {table['offset']}" in broken.stdout
    looked = server.inspect(segment, "--json")
    assert looked.returncode == 1 and json.loads(looked.stdout)["findings"]

    mended = server.cli("scrub", "--repair", check=False)
    assert mended.returncode == 0 and "repaired" in mended.stdout
    assert (tenant_directory(server) / "quarantine/0001/note.txt").exists()
    assert server.cli("scrub").returncode == 0

    server.start()
    collection = tenant.cloud_client().get_collection("things", embedding_function=None)
    assert collection.count() == 301
    assert collection.get(ids=["17"])["documents"] == ["private words 17"]


def test_what_cannot_be_repaired_is_said_by_the_exit_status(own_server):
    server, _ = stopped(own_server)
    checkpoint = next((tenant_directory(server) / "log").glob("*.checkpoint"))
    flip(checkpoint, os.path.getsize(checkpoint) // 2)
    before = checkpoint.read_bytes()
    for arguments in [("scrub",), ("scrub", "--repair")]:
        looked = server.cli(*arguments, check=False)
        assert looked.returncode == 1 and checkpoint.name in looked.stdout
    assert "restore a backup" in looked.stdout and "still damage" in looked.stdout
    assert checkpoint.read_bytes() == before


def test_a_flipped_bit_in_any_file_is_named_by_scrub_and_shown_by_inspect(own_server):
    server, _ = stopped(own_server)
    root = tenant_directory(server)
    kinds = {
        ".log": "log file", ".checkpoint": "checkpoint", ".seg": "segment", ".sqlite": "catalog",
        "acknowledged": "mark"}
    files = [path for path in [*root.glob("log/*"), *root.glob("segments/*"),
                               root / "catalog.sqlite"] if path.stat().st_size > 0]
    assert {kind for kind in kinds if any(path.name.endswith(kind) for path in files)} == set(kinds)
    random = Random(20)
    for path in files:
        size = path.stat().st_size
        is_catalog = path.suffix == ".sqlite"
        # SQLite has no checksums: of the catalog only what it says is compared.
        places = [100] if is_catalog else [random.randrange(size) for _ in range(6)]
        for place in places:
            flip(path, place)
            scrubbed = server.cli("scrub", "--json", check=False)
            assert scrubbed.returncode == 1, (path, place)
            findings = json.loads(scrubbed.stdout)[0]["findings"]
            found = next(each for each in findings if each["file"] == str(path.resolve()))
            if not is_catalog:
                assert found.get("offset", 0) <= place, (path, place, found)
            shown = server.inspect(path)
            kind = next(kinds[ending] for ending in kinds if path.name.endswith(ending))
            assert kind in shown.stdout.splitlines()[0], shown.stdout
            assert shown.returncode == 1 or "torn_end" in shown.stdout, (path, place)
            flip(path, place)
    assert "clean" in server.cli("scrub").stdout


def test_inspect_shows_every_kind_and_no_record_unless_asked(own_server):
    server, _ = stopped(own_server)
    root = tenant_directory(server)
    paths = [*root.glob("log/*"), *root.glob("segments/*.seg"), root / "catalog.sqlite", root]
    for path in [*paths, server.data]:
        shown = server.inspect(path)
        assert shown.returncode == 0, shown.stderr
        assert "private words" not in shown.stdout
        json.loads(server.inspect(path, "--json").stdout)
    log = next(root.glob("log/*.log"))
    assert "private words late" in server.inspect(log, "--show-records").stdout
    assert server.inspect(server.data / "nothing").returncode == 2


def test_a_scrub_beside_a_running_server_is_refused(server):
    refused = server.cli("scrub", check=False)
    assert refused.returncode == 2 and "in use" in refused.stderr


def test_backup_under_load_restores_into_another_tenant(server):
    tenant = make_tenant(server)
    client = tenant.cloud_client()
    fill(client, "kept", 400)
    busy = client.create_collection("busy", embedding_function=None)
    acknowledged = [0]
    client.get_collection("kept", embedding_function=None).delete(ids=["3", "4"])
    server.cli("database", "create", "second-db", "--tenant", tenant.name)
    stop = threading.Event()

    def write():
        while not stop.is_set():
            fill(client, "busy", 5, start=acknowledged[0])
            acknowledged[0] += 5

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert wait_until(lambda: acknowledged[0] >= 20, 30)
        before = acknowledged[0]
        directory = server.root / f"backup-{tenant.name}"
        made = json.loads(server.cli(
            "backup", "--tenant", tenant.name, "--to", str(directory), "--json").stdout)
    finally:
        stop.set()
        writer.join()
    in_backup = {c["collection"]: int(c["records"]) for c in made["collections"]}
    assert in_backup["kept"] == 398
    # Five records are one write: all that was acknowledged before is there, and nothing by halves.
    assert before <= in_backup["busy"] <= acknowledged[0] and in_backup["busy"] % 5 == 0

    name = f"{tenant.name}-restored"
    shown = server.cli("restore", "--from", str(directory), "--tenant", name, "--verify").stdout
    assert " 0 differences" in shown
    copy = Tenant(server, name, tenant.database, make_token(server, name))
    copied = copy.http_client()
    restored = copied.get_collection("kept", embedding_function=None)
    assert set(copied.get_collection("busy", embedding_function=None).get()["ids"]) == {
        str(number) for number in range(in_backup["busy"])}
    assert busy.count() == acknowledged[0]
    original = client.get_collection("kept", embedding_function=None)
    everything = {"include": ["documents", "metadatas", "embeddings"]}
    mine, its = restored.get(**everything), original.get(**everything)
    assert mine["ids"] == its["ids"] and mine["documents"] == its["documents"]
    assert (mine["embeddings"] == its["embeddings"]).all()
    assert "second-db" in server.cli("database", "list", "--tenant", name).stdout

    # The two go their own ways, and a second restore needs a name of its own.
    fill(copied, "kept", 1, start=9000)
    assert original.count() == 398 and restored.count() == 399
    again = server.cli("restore", "--from", str(directory), "--tenant", name, check=False)
    assert again.returncode == 1 and "already exists" in again.stderr


def test_no_way_round_leads_a_backup_into_the_data_directory(server):
    tenant = make_tenant(server)
    link = server.root / "link"
    link.symlink_to(server.data)
    before = sorted(server.data.iterdir())
    for directory in (
            server.data, f"{server.data}/new", f"{link}/new/deeper",
            f"/proc/self/root{server.data}/new", f"/{server.data}//new", f"{server.data}\0x"):
        status, answer = server.admin(
            "POST", f"/v1/tenants/{tenant.name}/backups", {"directory": str(directory)})
        assert (status, answer["error"]["status"]) == (400, "INVALID_ARGUMENT"), directory
    assert sorted(server.data.iterdir()) == before


def test_a_flipped_bit_in_a_backup_is_refused(server):
    tenant = make_tenant(server)
    fill(tenant.cloud_client(), "kept", 50)
    directory = server.root / f"backup-{tenant.name}"
    server.cli("backup", "--tenant", tenant.name, "--to", str(directory))
    files = [path for path in directory.rglob("*") if path.is_file()]
    assert len(files) == 4
    for path in files:
        flip(path, os.path.getsize(path) // 2)
        refused = server.cli(
            "restore", "--from", str(directory), "--tenant", "never-made", check=False)
        assert refused.returncode == 1 and "damaged" in refused.stderr, path
        assert server.inspect(directory).returncode == 1
        flip(path, os.path.getsize(path) // 2)
    assert "never-made" not in server.cli("tenant", "list").stdout
    assert server.inspect(directory).returncode == 0


def test_a_server_killed_in_a_restore_has_the_whole_tenant_or_none(own_server):
    server = own_server()
    server.start()
    tenant = make_tenant(server)
    collection = fill(tenant.cloud_client(), "kept", 2000)
    everything = {"include": ["documents", "metadatas"]}
    original = collection.get(**everything)
    directory = server.root / "backup"
    server.cli("backup", "--tenant", tenant.name, "--to", str(directory))
    for attempt in range(8):
        name = f"restored-{attempt}"
        arguments = ["restore", "--from", str(directory), "--tenant", name]
        restore = threading.Thread(target=lambda: server.cli(*arguments, check=False))
        restore.start()
        time.sleep(attempt * 0.04)
        server.kill()
        restore.join()
        server.start()
        is_there = name in server.cli("tenant", "list").stdout
        # It is tidied up beside the serving.
        assert wait_until(lambda: not list((server.data / "restores").glob("*")), 30)
        kept = len(list((server.data / "tenants").iterdir()))
        if is_there:
            copy = Tenant(server, name, tenant.database, make_token(server, name))
            restored = copy.cloud_client().get_collection("kept", embedding_function=None)
            assert restored.get(**everything) == original
        else:
            made = server.cli(*arguments, "--verify").stdout
            assert " 0 differences" in made
            assert len(list((server.data / "tenants").iterdir())) == kept + 1


def test_a_start_removes_what_restores_left_that_ended_before_it(own_server):
    server = own_server()
    server.start()
    tenant = make_tenant(server)
    fill(tenant.cloud_client(), "kept", 20)
    assert server.stop() == 0
    tenants, restores = server.data / "tenants", server.data / "restores"
    known = tenant_directory(server).name
    before = {path.name for path in tenants.iterdir()}
    unknown = str(uuid.uuid4())
    (tenants / unknown).mkdir()
    (tenants / unknown / "LOCK").touch()
    restores.mkdir(exist_ok=True)
    for name in (known, unknown):
        (restores / name).touch()
    server.start()
    assert wait_until(lambda: not list(restores.iterdir()), 60)
    assert {path.name for path in tenants.iterdir()} == before
    kept = tenant.cloud_client().get_collection("kept", embedding_function=None)
    assert kept.count() == 20


@pytest.mark.parametrize("role", ["admin", "writer"])
def test_only_an_operator_makes_backups(server, role):
    tenant = make_tenant(server)
    token = make_token(server, tenant.name, role)
    for arguments in [
        ("backup", "--tenant", tenant.name, "--to", str(server.root / "stolen")),
        ("restore", "--from", str(server.root), "--tenant", "stolen"),
    ]:
        refused = server.cli(*arguments, "--token", token, check=False)
        assert refused.returncode == 1
    assert not (server.root / "stolen").exists()
