"""The command line administers a running server through its data directory."""

import json
import subprocess

from server import call


def test_tenant_database_and_token_from_the_command_line(server):
    server.cli("tenant", "create", "cli-tenant")
    server.cli("database", "create", "cli-db", "--tenant", "cli-tenant")
    made = json.loads(server.cli(
        "token", "create", "--tenant", "cli-tenant", "--role", "writer", "--json").stdout)
    url = f"{server.url}/api/v2/tenants/cli-tenant/databases/cli-db/collections"
    assert call("GET", url, token=made["secret"]) == (200, [])

    key = made["token"]["name"].split("/")[-1]
    assert key in server.cli("token", "list", "--tenant", "cli-tenant").stdout
    assert made["secret"] not in server.cli("token", "list", "--tenant", "cli-tenant").stdout
    server.cli("token", "revoke", key, "--tenant", "cli-tenant")
    assert call("GET", url, token=made["secret"])[0] == 401

    assert "cli-db" in server.cli("database", "list", "--tenant", "cli-tenant").stdout
    server.cli("tenant", "delete", "cli-tenant")
    assert "cli-tenant" not in server.cli("tenant", "list").stdout


def test_a_refusal_is_one_line_and_a_status(server):
    server.cli("tenant", "create", "cli-twice")
    again = server.cli("tenant", "create", "cli-twice", check=False)
    assert again.returncode == 1 and again.stdout == ""
    assert len(again.stderr.splitlines()) == 1 and "already exists" in again.stderr


def test_a_wrong_token_and_a_silent_server_are_said(server):
    endpoint = server.endpoints["admin_grpc"]
    for arguments, words in [
        (["--endpoint", endpoint, "--token", "tsa_wrong"], "token"),
        (["--endpoint", "http://127.0.0.1:1", "--token", server.admin_token], "127.0.0.1:1"),
    ]:
        done = subprocess.run(
            [server.binary, "tenant", "list", *arguments], env=server.environment(),
            capture_output=True, text=True, timeout=60)
        assert done.returncode == 1 and words in done.stderr
        assert len(done.stderr.splitlines()) == 1
        assert server.admin_token not in done.stderr
