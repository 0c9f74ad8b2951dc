"""`tessera apply` brings tenants to what a file declares."""

import json
import subprocess
import textwrap
import threading

import pytest

from tenancy import expect

FIRST = """
    tenants:
      - name: apply-one
        display_name: One
        plan: chroma-cloud
        labels: {env: prod}
        databases: [main-db, archive]
        quotas:
          - {usage_type: num_records, limit: 400, reason: import}
          - {usage_type: num_results, limit: 50, reason: demo, database: main-db}
          - usage_type: num_forks
            limit: 7
            reason: a year
            expire_time: 2090-01-31T00:00:00Z
      - name: apply-two
    """


@pytest.fixture
def write(tmp_path):
    def write(text):
        path = tmp_path / "tenants.yaml"
        path.write_text(textwrap.dedent(text))
        return str(path)
    return write


def apply(server, path, *arguments, check=True):
    return server.cli("apply", "-f", path, *arguments, check=check)


def tenant(server, name):
    return expect(server.admin("GET", f"/v1/tenants/{name}"))


def overrides(server, name):
    listed = expect(server.admin("GET", f"/v1/tenants/{name}/quotaOverrides"))
    return {each["name"]: each["limit"] for each in listed.get("quota_overrides", [])}


def databases(server, name):
    listed = expect(server.admin("GET", f"/v1/tenants/{name}/databases"))
    return sorted(each["name"].split("/")[-1] for each in listed.get("databases", []))


def test_a_file_is_applied_and_applied_again_changes_nothing(server, write):
    path = write(FIRST)
    dry = apply(server, path, "--dry-run", "--detailed-exitcode", check=False)
    assert dry.returncode == 2
    assert "+ tenants/apply-one/databases/archive" in dry.stdout.splitlines()
    assert dry.stdout.splitlines()[-1] == "7 to create, 0 to update, 0 of 2 tenants as declared"
    assert server.admin("GET", "/v1/tenants/apply-one")[0] == 404

    assert apply(server, path).stdout == dry.stdout
    one = tenant(server, "apply-one")
    assert (one["display_name"], one["plan"], one["labels"]) == (
        "One", "chroma-cloud", {"env": "prod"})
    assert databases(server, "apply-one") == ["archive", "main-db"]
    assert overrides(server, "apply-one") == {
        "tenants/apply-one/quotaOverrides/num_records": "400",
        "tenants/apply-one/quotaOverrides/num_forks": "7",
        "tenants/apply-one/databases/main-db/quotaOverrides/num_results": "50"}
    assert tenant(server, "apply-two")["state"] == "active"

    again = json.loads(apply(server, path, "--json").stdout)
    assert again == {"applied": True, "changes": [], "unchanged_tenants": 2}
    assert tenant(server, "apply-one") == one
    assert apply(server, path, "--dry-run", "--detailed-exitcode").returncode == 0


def test_what_differs_is_changed_and_what_is_not_named_stays(server, write):
    name = "apply-change"
    apply(server, write(FIRST.replace("apply-one", name).replace("apply-two", f"{name}-2")))
    changed = apply(server, write(f"""
        tenants:
          - name: {name}
            plan: self-hosted
            labels: {{}}
            databases: [new-db]
            quotas: [{{usage_type: num_records, limit: 500, reason: import}}]
        """)).stdout.splitlines()
    assert changed == [
        f'~ tenants/{name}  labels: "env=prod" -> ""',
        f'~ tenants/{name}  plan: "chroma-cloud" -> "self-hosted"',
        f'~ tenants/{name}/quotaOverrides/num_records  limit: "400" -> "500"',
        f"+ tenants/{name}/databases/new-db",
        "1 to create, 3 to update, 0 of 1 tenants as declared"]
    made = tenant(server, name)
    assert (made["display_name"], made["plan"]) == ("One", "self-hosted")
    assert not made.get("labels")
    assert databases(server, name) == ["archive", "main-db", "new-db"]
    assert overrides(server, name)[f"tenants/{name}/quotaOverrides/num_records"] == "500"
    assert len(overrides(server, name)) == 3


def test_a_file_with_a_mistake_changes_nothing_and_names_the_line(server, write):
    path = write("""\
        tenants:
          - name: apply-typo
          - name: apply-typo-2
            databses: [main]
        """)
    refused = apply(server, path, check=False)
    assert refused.returncode == 1 and refused.stdout == ""
    assert "line 4: A tenant has no databses" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
    assert server.admin("GET", "/v1/tenants/apply-typo")[0] == 404


def test_a_refusal_in_the_middle_says_how_far_it_came_and_the_rest_can_follow(server, write):
    text = """
        tenants:
          - name: apply-stops
            databases: [main-db]
            quotas: [{usage_type: no_such_thing, limit: 5, reason: test, database: main-db}]
        """
    stopped = apply(server, write(text), check=False)
    assert stopped.returncode == 1
    assert "2 of 3 changes were made; run it again" in stopped.stderr
    rest = apply(server, write(text.replace("no_such_thing", "num_results"))).stdout
    assert rest.splitlines()[-1] == "1 to create, 0 to update, 0 of 1 tenants as declared"


def test_of_two_who_apply_at_once_the_tenant_is_what_one_of_them_said(server, write, tmp_path):
    server.cli("tenant", "create", "apply-race")
    done = {}

    def run(word):
        path = tmp_path / f"{word}.yaml"
        path.write_text(
            f"tenants: [{{name: apply-race, display_name: {word}, labels: {{by: {word}}}}}]")
        done[word] = apply(server, str(path), check=False)

    threads = [threading.Thread(target=run, args=(word,)) for word in ("red", "green", "blue")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    made = tenant(server, "apply-race")
    assert made["labels"] == {"by": made["display_name"]}
    assert done[made["display_name"]].returncode == 0
    for each in done.values():
        if each.returncode != 0:
            assert "run it again to see what is left" in each.stderr
            assert "somebody else" in each.stderr.lower()


def test_a_tenant_changed_since_the_plan_was_made_is_not_written_over(server, write):
    server.cli("tenant", "create", "apply-late")
    server.cli("tenant", "create", "apply-slow")
    databases = [f"db-{n}" for n in range(100)]
    path = write(f"""
        tenants:
          - {{name: apply-slow, databases: {databases}}}
          - {{name: apply-late, plan: chroma-cloud}}
        """)
    command = [server.binary, "apply", "-f", path, "--data-dir", str(server.data)]
    with subprocess.Popen(
            command, env=server.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True) as running:
        while "to create" not in running.stdout.readline():
            assert running.poll() is None
        server.admin(
            "POST", "/v1/tenants/apply-late/quotaOverrides",
            {"usage_type": "num_records", "limit": 9, "reason": "somebody else's"})
        _, error = running.communicate(timeout=60)
    assert running.returncode == 1
    assert "tenants/apply-late was changed by somebody else since the plan was made" in error
    assert "100 of 101 changes were made; run it again" in error
    assert tenant(server, "apply-late")["plan"] != "chroma-cloud"
    apply(server, path)
    assert tenant(server, "apply-late")["plan"] == "chroma-cloud"


MANAGED = """
    manager: prune-team
    tenants:
      - {name: prune-kept, labels: {env: prod}}
      - {name: prune-gone}
    """


def test_pruning_deletes_what_the_files_manager_had_and_nothing_else(server, write):
    server.cli("tenant", "create", "prune-by-hand")
    other = write("{manager: prune-other, tenants: [{name: prune-foreign}]}")
    apply(server, other)
    path = write(MANAGED)
    apply(server, path, "--prune")
    assert tenant(server, "prune-kept")["labels"] == {"env": "prod", "managed-by": "prune-team"}
    assert "0 to create, 0 to update, 2 of 2" in apply(server, path, "--prune").stdout
    path = write("{manager: prune-team, tenants: [{name: prune-kept}]}")
    # Only the flag deletes, and its dry run shows it.
    assert "delete" not in apply(server, path).stdout
    dry = apply(server, path, "--prune", "--dry-run").stdout
    assert "- tenants/prune-gone" in dry and "1 to delete" in dry
    assert tenant(server, "prune-gone")["state"] == "active"
    apply(server, path, "--prune")
    assert server.admin("GET", "/v1/tenants/prune-gone")[0] == 404
    for name in ("prune-kept", "prune-foreign", "prune-by-hand"):
        assert tenant(server, name)["state"] == "active"
    assert "delete" not in apply(server, path, "--prune").stdout
    assert server.cli("tenant", "undelete", "prune-gone").returncode == 0


def test_pruning_needs_a_manager(server, write):
    done = apply(server, write("{tenants: [{name: prune-nobody}]}"), "--prune", check=False)
    assert done.returncode == 1 and "manager" in done.stderr
    assert server.admin("GET", "/v1/tenants/prune-nobody")[0] == 404
