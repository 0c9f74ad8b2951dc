"""Starting, stopping and what lies in the data directory."""

import http.client
import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time

import pytest

from server import Server, ServerFailed, call, wait_until
from tenancy import make_tenant

GONE_SECONDS = 20


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_the_files_of_a_started_server(own_server):
    server = own_server().start()
    assert set(server.bootstrap) == {"admin_token", "tenant", "database", "token"}
    assert mode(server.data / "bootstrap.json") == 0o600
    assert set(server.endpoints) == {"pid", "http", "grpc", "admin_http", "admin_grpc"}
    assert server.endpoints["pid"] == server.process.pid
    for name in ("http", "grpc", "admin_http", "admin_grpc"):
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+", server.endpoints[name])
    assert mode(server.data / "pepper") == 0o600
    assert server.stop() == 0
    assert not (server.data / "endpoints.json").exists()


def test_a_fresh_server_prints_a_snippet_that_works_verbatim(own_server):
    server = own_server().start()
    assert wait_until(lambda: "\n\n" in server.log.read_text().partition("import chromadb")[2], 60)
    text = server.log.read_text()
    snippet = text[text.index("import chromadb"):].split("\n\n")[0]
    done = subprocess.run(
        [sys.executable, "-c", snippet + "\nprint(client.heartbeat() > 0)"],
        capture_output=True, text=True, timeout=120)
    assert done.stdout == "True\n", done.stderr
    server.restart()
    assert server.log.read_text().count("import chromadb") == 1


def test_every_line_of_the_log_is_json(own_server):
    server = own_server(LOG_LEVEL="debug")
    with open(server.root / "stderr.log", "wb") as log:
        process = subprocess.Popen(
            server.command(), env=server.environment(), stdout=subprocess.DEVNULL, stderr=log)
    server.process = process
    server.endpoints = server.wait_until_ready()
    call("GET", server.url + "/api/v2/auth/identity", token=server.bootstrap["token"])
    assert server.stop() == 0
    lines = (server.root / "stderr.log").read_text().splitlines()
    assert lines
    for line in lines:
        entry = json.loads(line)
        assert {"time", "level", "logger", "message"} <= set(entry)
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", entry["time"])


def test_the_admin_listener_says_when_it_is_alive_and_ready(server):
    for path in ("/livez", "/readyz"):
        assert call("GET", server.endpoints["admin_http"] + path)[0] == 200


def test_a_second_server_on_the_same_data_is_refused(own_server):
    server = own_server().start()
    second = Server(server.binary, server.root)
    second.log = server.root / "second.log"
    with pytest.raises(ServerFailed, match="exit [1-9]") as refusal:
        second.spawn()
        second.endpoints = None
        second.process.wait(60)
        raise ServerFailed(f"exit {second.process.returncode}\n{second.log_tail()}")
    assert str(server.data) in str(refusal.value) and str(server.process.pid) in str(refusal.value)
    assert call("GET", server.url + "/api/v2/heartbeat")[0] == 200


@pytest.mark.parametrize("arguments,settings,nearest", [
    ([], {"HTTP_PROT": "1"}, "TESSERA_HTTP_PORT"),
    (["--prot", "1"], {}, "--port"),
    (["--roles", "control,frontend,engin"], {}, '"engine"'),
])
def test_an_unknown_setting_names_the_nearest(own_server, arguments, settings, nearest):
    server = own_server(**settings)
    done = subprocess.run(
        server.command(*arguments), env=server.environment(), capture_output=True, text=True,
        timeout=60)
    assert done.returncode != 0 and nearest in done.stderr
    assert not (server.data / "bootstrap.json").exists()


def test_an_unknown_key_of_the_file_names_the_nearest(own_server):
    server = own_server()
    file = server.root / "tessera.yaml"
    file.write_text("engine:\n  search_thread: 3\n")
    done = subprocess.run(
        server.command("--config", str(file)), env=server.environment(), capture_output=True,
        text=True, timeout=60)
    assert done.returncode != 0 and "engine.search_threads" in done.stderr


def test_a_setting_of_the_file_holds(own_server):
    server = own_server()
    file = server.root / "tessera.yaml"
    file.write_text("http:\n  body_bytes_max: 2048\n")
    server.spawn("--config", str(file))
    server.endpoints = server.wait_until_ready()
    start = server.bootstrap
    path = f"/api/v2/tenants/{start['tenant']}/databases/{start['database']}/collections"
    body = json.dumps({"name": "x" * 3000}).encode()
    assert call("POST", server.url + path, body, start["token"])[0] == 413


@pytest.mark.parametrize("signal_number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_everything_with_status_0(own_server, signal_number):
    server = own_server().start()
    assert server.children(), "the private PostgreSQL should be found"
    server.process.send_signal(signal_number)
    assert server.process.wait(60) == 0
    assert server.children() == []


def test_a_signal_while_starting_leaves_nothing(own_server):
    server = own_server()
    server.spawn()
    assert wait_until(server.children, 60)
    server.process.terminate()
    server.process.wait(60)
    assert wait_until(lambda: not server.children(), GONE_SECONDS), server.children()
    server.start()


def test_kill_leaves_no_postgres_and_the_next_start_works(own_server):
    server = own_server().start()
    for _ in range(3):
        assert server.children()
        server.kill()
        assert wait_until(lambda: not server.children(), GONE_SECONDS), server.children()
        server.start()
    assert server.stop() == 0 and server.children() == []


@pytest.mark.parametrize("flag,key", [
    ("--port", "http.port"), ("--grpc-port", "grpc.port"), ("--admin-port", "admin.port"),
    ("--admin-grpc-port", "admin.grpc_port"),
])
def test_a_port_that_is_taken_ends_everything_and_names_the_setting(own_server, flag, key):
    server = own_server()
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        server.spawn(flag, str(holder.getsockname()[1]))
        assert server.process.wait(120) == 1
    assert key in server.log_tail() and not server.read_endpoints()
    assert wait_until(lambda: not server.children(), GONE_SECONDS)


def test_a_data_directory_that_cannot_be_made_is_refused(own_server):
    server = own_server()
    (server.root / "data").write_text("a file is in the way")
    done = subprocess.run(
        server.command(), env=server.environment(), capture_output=True, text=True, timeout=60)
    assert done.returncode != 0 and str(server.data) in done.stderr


def test_migrations_are_done_and_known(own_server):
    server = own_server().start()
    server.stop()
    status = server.cli("migrate", "status").stdout
    assert "0001" in status and "pending" not in status.lower()
    assert server.cli("migrate", "verify").returncode == 0
    assert server.cli("migrate", "up").returncode == 0
    server.start()


def test_migrate_makes_a_new_data_directory(own_server):
    server = own_server()
    assert server.cli("migrate", "up").returncode == 0
    assert server.children() == []
    server.start()


def test_a_request_in_flight_is_answered_before_the_server_ends(own_server):
    server = own_server().start()
    tenant = make_tenant(server)
    made = tenant.cloud_client().create_collection("things", embedding_function=None)
    body = json.dumps({"ids": ["a"], "embeddings": [[1.0, 2.0]]}).encode()
    connection = http.client.HTTPConnection(**tenant.address, timeout=30)
    connection.putrequest("POST", f"{tenant.path}{tenant.collection_path(made)}/add")
    connection.putheader("X-Chroma-Token", tenant.token)
    connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body[:5])
    # The server has to have seen the beginning before it is told to stop.
    assert call("GET", server.url + "/api/v2/heartbeat")[0] == 200
    time.sleep(0.3)
    server.process.terminate()
    time.sleep(0.3)
    connection.send(body[5:])
    assert connection.getresponse().status == 201
    connection.close()
    assert server.process.wait(60) == 0
    server.start()
    assert tenant.cloud_client().get_collection(
        "things", embedding_function=None).get()["ids"] == ["a"]


def test_a_postgresql_of_ones_own_is_used_when_it_is_named(own_server):
    lender = own_server().start()
    sockets = (lender.data / "postgres.socketdir").read_text().strip()
    psql = ["psql", "-h", sockets, "-U", "tessera", "-d", "tessera", "-c"]
    subprocess.run([*psql, "CREATE DATABASE lent"], check=True, capture_output=True, timeout=60)
    subprocess.run(
        [*psql, "CREATE ROLE lent LOGIN; ALTER DATABASE lent OWNER TO lent"], check=True,
        capture_output=True, timeout=60)
    url = f"postgresql:///lent?host={sockets}&user=lent"
    server = own_server(DATABASE_URL=url).start()
    assert server.children() == []
    tenant = make_tenant(server)
    tenant.cloud_client().create_collection("things", embedding_function=None)
    server.restart()
    assert tenant.cloud_client().count_collections() == 1
    assert tenant.call("GET", "", token=lender.bootstrap["token"])[0] == 401
    assert url not in server.log.read_text()


@pytest.mark.parametrize("url", [
    "postgresql://boss:hunter2@127.0.0.1:1/tessera", "postgresql://boss:hunter2@[::1/tessera",
    "postgresql://boss:hun%zzter2@localhost/tessera", "hunter2 is no url",
])
def test_a_postgresql_that_cannot_be_used_is_named_and_no_password_told(own_server, url):
    server = own_server(DATABASE_URL=url)
    done = subprocess.run(
        server.command(), env=server.environment(), capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and "database.url" in done.stderr
    assert "ter2" not in done.stdout + done.stderr


def test_a_killed_postgresql_is_started_again(own_server):
    server = own_server().start()
    tenant = make_tenant(server)
    postmaster = int((server.data / "postgres/postmaster.pid").read_text().split()[0])
    os.kill(postmaster, signal.SIGKILL)
    ready = server.endpoints["admin_http"] + "/readyz"
    assert wait_until(lambda: "PostgreSQL ended by itself" in server.log.read_text(), 10)
    assert wait_until(lambda: "PostgreSQL runs again" in server.log.read_text(), 60)
    assert wait_until(lambda: call("GET", ready)[0] == 200, 60), server.log_tail()
    assert tenant.call("GET", "")[0] == 200
    # Said once when it goes and once when it is back, however often it is tried meanwhile.
    assert wait_until(lambda: "the epoch log is followed again" in server.log.read_text(), 30)
    assert server.log.read_text().count("cannot follow the epoch log") == 1
    assert server.admin("POST", "/v1/tenants", {"tenant_id": "made-after"})[0] == 200
    assert server.stop() == 0 and server.children() == []


def test_a_search_that_takes_for_ever_does_not_keep_the_server_from_ending(own_server):
    server = own_server().start()
    tenant = make_tenant(server)
    for usage in ("document_size_bytes", "num_where_document_predicates"):
        body = {"usage_type": usage, "limit": 1 << 30, "reason": "test"}
        path = f"/v1/tenants/{tenant.name}/quotaOverrides"
        assert server.admin("POST", path, body)[0] == 200
    made = tenant.cloud_client().create_collection("things", embedding_function=None)
    path = tenant.path + tenant.collection_path(made)
    made.add(ids=["long"], embeddings=[[1.0]], documents=["x" * (30 << 20)])
    endless = {"$and": [{"$not_contains": f"x{n}"} for n in range(100_000)]}
    connection = http.client.HTTPConnection(**tenant.address)
    connection.request(
        "POST", path + "/get", json.dumps({"where_document": endless}),
        {"X-Chroma-Token": tenant.token, "Content-Type": "application/json"})
    time.sleep(2)
    server.process.terminate()
    server.process.wait(45)
    assert wait_until(lambda: not server.children(), GONE_SECONDS)
    server.start()
    assert tenant.cloud_client().get_collection("things", embedding_function=None).count() == 1
