"""Plans and quotas, as the real clients meet them."""

import concurrent.futures
import datetime
import json

import grpc
import pytest
from chromadb.errors import ChromaError

from packed import Client
from server import call, wait_until
from tenancy import expect, make_tenant

RECORDS_REFUSAL = (
    "Quota exceeded: 'Number of records' exceeded quota limit for action 'Add': "
    "current usage of 301 exceeds limit of 300")


def cloud_tenant(server):
    """A tenant on the plan chroma-cloud."""
    made = make_tenant(server, "cloud")
    expect(server.admin("POST", f"/v1/tenants/{made.name}:changePlan", {"plan": "chroma-cloud"}))
    return made


def override(tenant, usage, limit, place="", **fields):
    body = {"usage_type": usage, "limit": limit, "reason": "test", **fields}
    return expect(tenant.server.admin(
        "POST", f"/v1/tenants/{tenant.name}{place}/quotaOverrides", body))


def add(collection, count):
    collection.add(ids=[str(n) for n in range(count)], embeddings=[[1.0, 2.0]] * count)


def is_refused(collection, count):
    try:
        add(collection, count)
    except ChromaError as error:
        assert "Quota exceeded" in str(error)
        return True
    return False


def test_the_cloud_plan_refuses_301_records_in_clouds_words(server):
    tenant = cloud_tenant(server)
    collection = tenant.cloud_client().create_collection("many", embedding_function=None)
    with pytest.raises(ChromaError, match="current usage of 301 exceeds limit of 300"):
        add(collection, 301)
    body = {"ids": [str(n) for n in range(301)], "embeddings": [[1.0]] * 301}
    status, answer = tenant.call("POST", f"{tenant.collection_path(collection)}/add", body)
    assert (status, answer) == (422, {"error": "ChromaError", "message": RECORDS_REFUSAL})
    assert collection.count() == 0
    add(collection, 300)
    assert collection.count() == 300


def test_the_self_hosted_plan_takes_them(collection):
    add(collection, 5000)
    assert len(collection.get(include=[])["ids"]) == 5000


def test_a_get_without_a_limit_is_cut_to_the_plans(server):
    tenant = cloud_tenant(server)
    collection = tenant.cloud_client().create_collection("pages", embedding_function=None)
    for start in (0, 300):
        ids = [str(n) for n in range(start, start + 300)]
        collection.add(ids=ids, embeddings=[[1.0]] * 300)
    pages = [collection.get(include=[], offset=at, limit=1000)["ids"] for at in (0, 300, 600)]
    assert [len(page) for page in pages] == [300, 300, 0]
    assert len({id for page in pages for id in page}) == 600


def test_grpc_is_held_to_the_same_limits(server):
    tenant = cloud_tenant(server)
    client = Client(tenant)
    made = client.CreateCollection(name="packed")
    records = client.records(
        *({"id": str(n)} for n in range(301)), embeddings=[[1.0]] * 301)
    with pytest.raises(grpc.RpcError) as refused:
        client.WriteRecords(collection_id=made.id, operation="ADD", records=records)
    assert refused.value.details() == RECORDS_REFUSAL
    assert client.Count(collection_id=made.id).count == 0


def test_an_override_is_felt_within_a_second_and_ends_by_itself(server):
    tenant = cloud_tenant(server)
    collection = tenant.cloud_client().create_collection("grows", embedding_function=None)
    assert is_refused(collection, 301)
    end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=6)
    override(tenant, "num_records", 400, expire_time=end.strftime("%Y-%m-%dT%H:%M:%S.%fZ"))
    assert wait_until(lambda: not is_refused(collection, 301), 1)
    assert is_refused(collection, 401)
    assert wait_until(lambda: is_refused(collection, 301), 30)
    listed = expect(server.admin("GET", f"/v1/tenants/{tenant.name}/quotaOverrides"))
    assert [each["usage_type"] for each in listed["quota_overrides"]] == ["num_records"]


def test_sixteen_writers_end_exactly_at_the_limit(tenant):
    override(tenant, "collection_size_records", 200)
    made = tenant.cloud_client().create_collection("full", embedding_function=None)
    path = f"{tenant.collection_path(made)}/upsert"

    def write(writer):
        answers = []
        for n in range(20):
            ids = [f"{writer}-{n}-{i}" for i in range(3)]
            answers.append(tenant.call("POST", path, {"ids": ids, "embeddings": [[1.0]] * 3}))
        return answers

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        answers = [answer for each in pool.map(write, range(16)) for answer in each]
    accepted = [answer for answer in answers if answer[0] == 200]
    refused = [answer for answer in answers if answer[0] != 200]
    assert len(accepted) * 3 == made.count() == 198
    assert len(refused) == 16 * 20 - 66
    for status, body in refused:
        assert status == 422 and body["error"] == "ChromaError"
        assert body["message"] == (
            "Quota exceeded: 'Collection size (records)' exceeded quota limit for action "
            "'Upsert': current usage of 201 exceeds limit of 200")
    made.add(ids=["x", "y"], embeddings=[[1.0]] * 2)
    assert made.count() == 200
    made.delete(ids=["x"])
    made.add(ids=["z"], embeddings=[[1.0]])
    with pytest.raises(ChromaError, match="current usage of 201 exceeds limit of 200"):
        made.add(ids=["x"], embeddings=[[1.0]])


def test_sixteen_clients_make_exactly_as_many_collections_as_the_limit(tenant):
    override(tenant, "num_collections", 10)
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(
            lambda n: tenant.call("POST", "/collections", {"name": f"made-{n}"}), range(48)))
    assert sorted(answer[0] for answer in answers) == [200] * 10 + [422] * 38
    assert expect(tenant.call("GET", "/collections_count")) == 10
    quotas = expect(server_quotas(tenant))
    used = {each["usage_type"]: each.get("used") for each in quotas["quotas"]}
    assert (used["num_collections"], used["num_databases"]) == ("10", "1")


def server_quotas(tenant):
    return tenant.server.admin("GET", f"/v1/tenants/{tenant.name}/quotas")


def test_a_tenant_reads_its_own_limits(server):
    tenant = cloud_tenant(server)
    override(tenant, "num_results", 50, place=f"/databases/{tenant.database}")
    url = f"{server.url}/api/v2/tenants/{tenant.name}"
    limits = expect(call("GET", f"{url}/limits", token=tenant.token))
    assert (limits["plan"], limits["database"]) == ("chroma-cloud", None)
    by_type = {each["usage_type"]: each for each in limits["limits"]}
    assert by_type["num_results"]["limit"] == 300
    inside = expect(call("GET", f"{url}/databases/{tenant.database}/limits", token=tenant.token))
    by_type = {each["usage_type"]: each for each in inside["limits"]}
    assert by_type["num_results"]["limit"] == 50
    assert by_type["num_results"]["source"] == "database_override"
    other = make_tenant(server, "other")
    assert call("GET", f"{url}/limits", token=other.token)[0] == 403


def test_the_command_line_shows_and_changes_quotas(server):
    tenant = make_tenant(server, "cli")
    place = ("--tenant", tenant.name)
    server.cli("quota", "override", "num_records", "77", *place, "--reason", "a test",
               "--expires-in", "1h")
    assert "num_records" in server.cli("quota", "list", *place).stdout
    shown = server.cli("quota", "get", *place).stdout
    assert "plan: self-hosted" in shown
    line = next(each for each in shown.splitlines() if each.startswith("num_records"))
    assert line.split() == ["num_records", "77", "tenant_override", "-"]
    server.cli("quota", "clear", "num_records", *place)
    server.cli("tenant", "set-plan", tenant.name, "chroma-cloud")
    answer = json.loads(server.cli("quota", "get", *place, "--json").stdout)
    assert answer["plan"] == "chroma-cloud"
    assert "self-hosted" in server.cli("quota", "plans").stdout


def test_new_tenants_get_the_configured_plan_and_the_first_one_is_generous(own_server):
    server = own_server(QUOTA_DEFAULT_PLAN="chroma-cloud").start()
    tenant = make_tenant(server)
    assert expect(server_quotas(tenant))["plan"] == "chroma-cloud"
    first = server.bootstrap
    url = f"{server.url}/api/v2/tenants/{first['tenant']}/limits"
    assert expect(call("GET", url, token=first["token"]))["plan"] == "self-hosted"
