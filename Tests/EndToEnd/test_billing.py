"""Usage, exported to outside tools, receipted, and held to budgets."""

import csv
import datetime
import decimal
import hashlib
import hmac
import io
import json
import random
import re
import urllib.error

import pytest
from cloudevents.pydantic.v2 import from_json

from billing import (
    COLLECTIONS, CREDENTIAL, PAST, Receiver, download, fold, insert_hours, seal, sql, tenant_id)
from conftest import finish, new_server
from server import call, wait_until
from tenancy import expect, make_tenant, make_token

HOURS = 30
THIS_MONTH = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m")


@pytest.fixture(scope="module")
def ledger(request):
    """A server with two tenants' usage of a month that is over."""
    server = new_server(request, WEBHOOKS_ALLOW_INTERNAL_ADDRESSES="true")
    try:
        server.start()
        fold(server)
        yield server
    finally:
        finish(request, server)


@pytest.fixture(scope="module")
def used(ledger):
    """A tenant and what it used, by meter; another one used things too."""
    tenant, rival = make_tenant(ledger, "payer"), make_tenant(ledger, "rival")
    sums = insert_hours(tenant, PAST, HOURS, 10**9)
    insert_hours(rival, PAST, 2, 7)
    return tenant, sums


def export(tenant, format, *, everyone=False, **query):
    parent = "-" if everyone else tenant.name
    text = "".join(f"&{name}={value}" for name, value in query.items())
    return download(
        tenant.server, f"/v1/tenants/{parent}/usage:export?format={format}&period={PAST}{text}")


def by_meter(rows, name="quantity"):
    sums = {}
    for row in rows:
        sums[row["meter"]] = sums.get(row["meter"], 0) + int(row[name])
    return sums


def test_csv_is_read_by_pythons_csv_and_adds_up(used):
    tenant, sums = used
    kind, body = export(tenant, "csv")
    assert kind.startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(body.decode(), newline=""), strict=True))
    assert by_meter(rows) == sums and len(rows) == HOURS * len(sums) * len(COLLECTIONS)
    assert {row["credential"] for row in rows} == {CREDENTIAL}
    assert {row["tenant"] for row in rows} == {tenant.name}
    assert all(row["final"] == "true" for row in rows)
    everyone = csv.DictReader(io.StringIO(
        export(tenant, "csv", everyone=True)[1].decode(), newline=""), strict=True)
    assert len({row["tenant"] for row in everyone}) == 2


def test_what_a_client_does_is_exported_seconds_later(ledger):
    tenant = make_tenant(ledger, "busy")
    things = tenant.cloud_client().create_collection("things", embedding_function=None)
    things.add(ids=["a", "b"], embeddings=[[1.0, 2.0, 3.0]] * 2, documents=["one", "two"])
    path = (f"/v1/tenants/{tenant.name}/usage:export?format=jsonl&include_open=true"
            "&meter=written_bytes")

    def lines():
        return [json.loads(line) for line in download(ledger, path)[1].splitlines()]

    assert wait_until(lines, 60)
    [line] = lines()
    # Ids, four bytes for each of three floats, documents: docs/metering.md.
    assert line["quantity"] == str(2 * (1 + 12 + 3)) and not line["final"]
    assert line["credential"] == tenant.token.split("_")[1]
    assert line["database"] == tenant.database and line["collection_id"] == str(things.id)
    assert download(ledger, path.replace("&include_open=true", ""))[1] == b""


def test_importing_twice_is_harmless_for_who_keeps_ids(used):
    tenant, sums = used
    kept = {}
    for _ in range(2):
        for line in export(tenant, "jsonl")[1].splitlines():
            row = json.loads(line)
            kept[row["id"]] = row
    assert by_meter(kept.values()) == sums


def test_cloudevents_are_read_by_the_sdk(used):
    tenant, sums = used
    kind, body = export(tenant, "cloudevents")
    assert kind.startswith("application/cloudevents-batch+json")
    events = [from_json(json.dumps(each)) for each in json.loads(body)]
    assert by_meter(event.data for event in events) == sums
    assert len({(event.source, event.id) for event in events}) == len(events)
    for event in events:
        assert event.specversion == "1.0" and event.subject == tenant.name
        assert event.type == "tessera.usage." + event.data["meter"]
        assert event.time.isoformat().replace("+00:00", "Z") == event.data["start"]
    again = {event["id"] for event in json.loads(export(tenant, "cloudevents")[1])}
    assert again == {event.id for event in events}


# FOCUS 1.2: the mandatory columns, and whether they may be null.
FOCUS = {
    "BilledCost": False, "BillingAccountId": False, "BillingAccountName": True,
    "BillingCurrency": False, "BillingPeriodEnd": False, "BillingPeriodStart": False,
    "ChargeCategory": False, "ChargeClass": True, "ChargeDescription": True,
    "ChargePeriodEnd": False, "ChargePeriodStart": False, "ContractedCost": False,
    "EffectiveCost": False, "InvoiceIssuerName": False, "ListCost": False,
    "PricingQuantity": True, "PricingUnit": True, "ProviderName": False, "PublisherName": False,
    "ServiceCategory": False, "ServiceName": False,
}
DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def check_focus(row):
    """The rules of FOCUS 1.2 for the columns that we write."""
    for column, may_be_null in FOCUS.items():
        assert column in row and (may_be_null or row[column]), column
    for column in ("BilledCost", "ContractedCost", "EffectiveCost", "ListCost", "ListUnitPrice",
                   "ContractedUnitPrice", "PricingQuantity"):
        assert DECIMAL.fullmatch(row[column]), (column, row[column])
    for column in ("BillingPeriodStart", "BillingPeriodEnd", "ChargePeriodStart",
                   "ChargePeriodEnd"):
        assert TIME.fullmatch(row[column]), (column, row[column])
    assert row["BillingPeriodStart"] < row["BillingPeriodEnd"]
    assert row["ChargePeriodStart"] < row["ChargePeriodEnd"]
    assert row["ChargeCategory"] in {"Usage", "Purchase", "Tax", "Credit", "Adjustment"}
    assert row["ChargeClass"] in {"", "Correction"}
    assert row["ChargeFrequency"] in {"One-Time", "Recurring", "Usage-Based"}
    assert row["PricingCategory"] in {"Standard", "Dynamic", "Committed", "Other"}
    assert re.fullmatch("[A-Z]{3}", row["BillingCurrency"])
    assert row["ServiceCategory"] == "Databases"
    assert (row["ConsumedQuantity"] == "") == (row["ConsumedUnit"] == "")
    assert (row["ConsumedQuantity"] == "") == (row["ChargeClass"] == "Correction")
    assert (row["SkuId"] == "") == (row["SkuPriceId"] == "")
    assert isinstance(json.loads(row["Tags"]), dict)
    # What is not a correction lies in its period.
    if not row["ChargeClass"]:
        assert row["BillingPeriodStart"] <= row["ChargePeriodStart"]
        assert row["ChargePeriodEnd"] <= row["BillingPeriodEnd"]
    unit, quantity = decimal.Decimal(row["ListUnitPrice"]), decimal.Decimal(row["PricingQuantity"])
    # Cost and quantity are each rounded to 12 digits.
    assert abs(unit * quantity - decimal.Decimal(row["ListCost"])) <= decimal.Decimal("2e-12")


def focus_rows(body):
    return list(csv.DictReader(io.StringIO(body.decode(), newline=""), strict=True))


def test_focus_keeps_to_its_column_rules_and_costs_what_usage_costs(used):
    tenant, sums = used
    rows = focus_rows(export(tenant, "focus-1.2")[1])
    for row in rows:
        check_focus(row)
    # Requests have no price.
    assert len(rows) == HOURS * (len(sums) - 1) * len(COLLECTIONS)
    with decimal.localcontext() as context:
        context.prec = 60
        gib = decimal.Decimal(2) ** 30
        prices = {
            "written_bytes": decimal.Decimal("2.5") / gib,
            "queried_bytes": decimal.Decimal("0.0075") / gib / 1024,
            "returned_bytes": decimal.Decimal("0.09") / gib,
            "stored_byte_minutes": decimal.Decimal("0.33") / gib / 60 / 730,
            "forks": decimal.Decimal("0.03"),
        }
        exact = sum(price * sums[meter] for meter, price in prices.items())
        billed = sum(decimal.Decimal(row["BilledCost"]) for row in rows)
        assert abs(exact - billed) <= len(rows) * decimal.Decimal("5e-13")


def test_what_came_after_the_seal_is_the_next_months_correction(ledger):
    tenant = make_tenant(ledger, "late")
    insert_hours(tenant, "2025-03", 1, 5, correction=True, of="2025-02")
    path = f"/v1/tenants/{tenant.name}/usage:export?period=2025-03&format="
    rows = focus_rows(download(ledger, path + "focus-1.2")[1])
    assert rows and {row["ChargeClass"] for row in rows} == {"Correction"}
    for row in rows:
        check_focus(row)
        assert row["BillingPeriodStart"].startswith("2025-03")
        assert row["ChargePeriodStart"].startswith("2025-02")
    lines = [json.loads(line) for line in download(ledger, path + "jsonl")[1].splitlines()]
    assert {line["corrects"] for line in lines} == {"2025-02"}


def query(tenant, text="", token=None):
    return tenant.server.admin(
        "GET", f"/v1/tenants/{tenant.name}/usage?period={PAST}{text}", token=token)


def test_a_query_groups_and_pages(used):
    tenant, sums = used
    [row] = expect(query(tenant, "&meter=forks&window=period"))["usage"]
    assert int(row["quantity"]) == sums["forks"]
    assert decimal.Decimal(row["cost"]) == decimal.Decimal("0.03") * sums["forks"]
    rows = expect(query(tenant, "&meter=forks&window=period&group_by=collection"))["usage"]
    assert [each["collection_id"] for each in rows] == COLLECTIONS
    found, token = [], ""
    while True:
        page = expect(query(tenant, f"&window=hour&page_size=100&page_token={token}"))
        found += page["usage"]
        token = page.get("next_page_token", "")
        if not token:
            break
    assert by_meter(found) == sums


def test_a_tenants_admin_sees_its_own_usage_alone(used):
    tenant, sums = used
    own = make_token(tenant.server, tenant.name)
    assert by_meter(expect(query(tenant, token=own))["usage"]) == sums
    rival = make_tenant(tenant.server, "curious")
    foreign = make_token(tenant.server, rival.name)
    everyone = tenant.server.admin("GET", "/v1/tenants/-/usage", token=own)
    assert query(tenant, token=foreign)[0] == 403 and everyone[0] == 403
    with pytest.raises(urllib.error.HTTPError):
        download(
            tenant.server, f"/v1/tenants/{tenant.name}/usage:export?format=csv", token=foreign)


def test_an_export_into_a_file_is_fetched_in_pieces_and_survives_a_restart(ledger, used):
    tenant, sums = used
    parent = f"/v1/tenants/{tenant.name}/usageExports"
    made = expect(ledger.admin("POST", parent, {"export": {"format": "csv", "period": PAST}}))
    path = "/v1/" + made["name"]

    def state():
        return expect(ledger.admin("GET", path))

    assert wait_until(lambda: state()["state"] == "done", 30), state()
    size = int(state()["size_bytes"])
    whole = download(ledger, path + ":download")[1]
    assert len(whole) == size and hashlib.sha256(whole).hexdigest() == state()["sha256"]
    assert whole == export(tenant, "csv")[1]
    ledger.restart()
    rest = download(ledger, f"{path}:download?offset={size // 2}")[1]
    assert rest == whole[size // 2:]
    foreign = path.replace(tenant.name, make_tenant(ledger, "other").name)
    assert ledger.admin("GET", foreign)[0] == 404
    assert ledger.admin("GET", f"{path}:download?offset={size + 1}")[0] == 400
    expect(ledger.admin("DELETE", path))
    assert ledger.admin("GET", path)[0] == 404


def test_an_export_whose_process_is_killed_is_made_all_the_same(own_server):
    server = own_server().start()
    tenant = make_tenant(server, "cut")
    sql(server, f"INSERT INTO usage.period VALUES ('{PAST}-01') ON CONFLICT DO NOTHING")
    sql(server, f"""
        INSERT INTO usage.hour (period, hour, tenant_id, database_id, collection_id, credential,
            meter, quantity)
        SELECT '{PAST}-01', '{PAST}-01T00:00:00Z'::timestamptz + (n % 700) * interval '1 h',
            '{tenant_id(tenant)}', '{COLLECTIONS[1]}', gen_random_uuid(), '', 'forks', n
        FROM generate_series(1, 30000) n""")
    fold(server)
    parent = f"/v1/tenants/{tenant.name}/usageExports"
    made = expect(server.admin("POST", parent, {"export": {"format": "csv", "period": PAST}}))
    path = "/v1/" + made["name"]

    def state():
        return expect(server.admin("GET", path))

    assert wait_until(lambda: int(state().get("size_bytes", 0)) > 0, 30), state()
    assert state()["state"] == "running"
    server.kill()
    server.start()
    assert wait_until(lambda: state()["state"] == "done", 120), state()
    whole = download(server, path + ":download")[1]
    assert hashlib.sha256(whole).hexdigest() == state()["sha256"]
    assert whole == export(tenant, "csv")[1]


def test_a_receipt_is_good_offline_and_bad_after_any_change(ledger, tmp_path):
    tenant = make_tenant(ledger, "receipted")
    sums = insert_hours(tenant, "2025-05", 5, 10**7)
    seal(ledger, "2025-05")
    file = tmp_path / "receipt.json"
    ledger.cli(
        "usage", "receipt", "--tenant", tenant.name, "--period", "2025-05", "-o", str(file))
    key = ledger.cli("usage", "key").stdout.strip()
    good = ledger.cli_offline("usage", "verify", str(file), "--public-key", key)
    assert good.returncode == 0 and "final receipt" in good.stdout, good.stdout + good.stderr
    assert re.search(rf"written_bytes +{sums['written_bytes']} ", good.stdout)

    whole = file.read_bytes()
    seed = random.randrange(1 << 32)
    print("seed", seed)
    chance = random.Random(seed)
    for _ in range(25):
        place, bit = chance.randrange(len(whole) - 1), chance.randrange(8)
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << bit]) + whole[place + 1:])
        bad = ledger.cli_offline("usage", "verify", str(file), "--public-key", key)
        assert bad.returncode == 1 and bad.stdout.startswith("bad:"), (place, bit)
    file.write_bytes(whole)
    other = ledger.cli_offline("usage", "verify", str(file), "--public-key", "0" * 64)
    assert other.returncode == 1 and "another key" in other.stdout

    line = json.loads(json.loads(whole)["cells"][0])
    proof = tmp_path / "proof.json"
    assert ledger.cli_offline(
        "usage", "prove", str(file), line["id"], "-o", str(proof)).returncode == 0
    proven = ledger.cli_offline("usage", "verify", str(proof), "--public-key", key)
    assert proven.returncode == 0 and f"good: {line['quantity']} " in proven.stdout
    proof.write_text(proof.read_text().replace(line["quantity"], "9" + line["quantity"]))
    assert ledger.cli_offline("usage", "verify", str(proof)).returncode == 1
    assert download(ledger, f"/v1/tenants/{tenant.name}/usageReceipts/2025-05:download")[1] == whole
    assert (ledger.data / "receipt-key").stat().st_mode & 0o777 == 0o600


def test_receipts_are_listed_newest_first(ledger):
    tenant = make_tenant(ledger, "listed")
    for month in ("2025-06", "2025-07", "2025-08"):
        insert_hours(tenant, month, 1, 10)
    seal(ledger, "2025-06")
    seal(ledger, "2025-07")
    path = f"/v1/tenants/{tenant.name}/usageReceipts"
    whole = download(ledger, f"{path}/2025-06:download")[1]
    found, token = [], ""
    while True:
        page = expect(ledger.admin("GET", f"{path}?page_size=1&page_token={token}"))
        found += page["usage_receipts"]
        token = page.get("next_page_token", "")
        if not token:
            break
    listed = json.loads(ledger.cli("usage", "receipts", "--tenant", tenant.name, "--json").stdout)
    assert listed["usage_receipts"] == found
    assert [(each["period"], each.get("final", False)) for each in found] == [
        ("2025-08", False), ("2025-07", True), ("2025-06", True)]
    # Made when it is first fetched, and not before.
    assert [each.get("sha256", "") for each in found] == [
        "", "", hashlib.sha256(whole).hexdigest()]
    own = make_token(ledger, tenant.name)
    assert expect(ledger.admin("GET", path, token=own))["usage_receipts"] == found
    rival = make_token(ledger, make_tenant(ledger, "nosy").name)
    assert ledger.admin("GET", path, token=rival)[0] == 403


def test_price_books_are_made_listed_and_never_changed(own_server, tmp_path):
    server = own_server().start()
    listed = server.cli("price-book", "list").stdout
    assert "chroma-cloud" in listed
    book = json.loads(server.cli("price-book", "get", "chroma-cloud", "--json").stdout)
    book["prices"][0]["price"] = "9.99"
    file = tmp_path / "book.json"
    file.write_text(json.dumps(book))
    server.cli("price-book", "create", "v2", str(file))
    books = expect(server.admin("GET", "/v1/priceBooks"))["price_books"]
    assert [each["name"] for each in books] == ["priceBooks/v2", "priceBooks/chroma-cloud"]
    assert books[0]["in_force"] and books[0]["sha256"] != books[1]["sha256"]
    again = server.cli("price-book", "create", "v2", str(file), check=False)
    assert again.returncode == 1 and "already exists" in again.stderr


def use(tenant, quantity):
    """Usage of this month, as one more of what is folded."""
    sql(tenant.server,
        f"INSERT INTO usage.period VALUES ('{THIS_MONTH}-01') ON CONFLICT DO NOTHING")
    sql(tenant.server, f"""
        INSERT INTO usage.hour (period, hour, tenant_id, database_id, collection_id, credential,
            meter, booking, quantity)
        SELECT '{THIS_MONTH}-01', '{THIS_MONTH}-01T00:00:00Z', '{tenant_id(tenant)}',
            '{COLLECTIONS[0]}', '{COLLECTIONS[0]}', '', 'written_bytes', count(*),
            {quantity} - coalesce(sum(quantity), 0)
        FROM usage.hour WHERE tenant_id = '{tenant_id(tenant)}'""")


def is_signed(call, secret):
    headers, body, _ = call
    fields = dict(part.split("=") for part in headers["Tessera-Signature"].split(","))
    digest = hmac.new(
        secret.encode(), fields["t"].encode() + b"." + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(digest, fields["v1"])


def test_alerts_reach_a_webhook_signed_once_each_and_again_when_it_failed(ledger):
    tenant = make_tenant(ledger, "spender")
    with Receiver().serving() as receiver:
        receiver.statuses = [500, 302]
        made = expect(ledger.admin("POST", f"/v1/tenants/{tenant.name}/budgets", {
            "budgetId": "bytes", "meter": "written_bytes", "amount": "1000",
            "thresholds": [50, 100], "webhookUrl": receiver.url}))
        secret = made["webhook_secret"]
        use(tenant, 600)
        assert wait_until(lambda: len(receiver.calls) == 3, 60), receiver.calls
        assert len({each[2]["id"] for each in receiver.calls}) == 1
        for each in receiver.calls:
            assert is_signed(each, secret) and not is_signed(each, secret + "x")
            assert each[0]["Tessera-Event-Id"] == each[2]["id"]
            assert each[2]["threshold"] == 50 and each[2]["used"] == "600"
            assert each[2]["tenant"] == tenant.name and secret.encode() not in each[1]
        use(tenant, 1000)
        assert wait_until(lambda: len(receiver.calls) == 4, 60)
        assert receiver.calls[3][2]["threshold"] == 100

    def alerts():
        return expect(ledger.admin("GET", f"/v1/tenants/{tenant.name}/alerts"))["alerts"]

    assert wait_until(lambda: {each["state"] for each in alerts()} == {"delivered"}, 30)
    assert sorted((each["threshold"], each["attempts"]) for each in alerts()) == [(50, 3), (100, 1)]
    assert secret not in ledger.log.read_text()
    assert secret not in sql(ledger, "SELECT * FROM usage.budget")


def test_a_used_up_hard_budget_stops_the_tenant_until_it_is_removed(ledger):
    tenant, neighbour = make_tenant(ledger, "capped"), make_tenant(ledger, "neighbour")
    own = make_token(ledger, tenant.name)
    ledger.cli(
        "budget", "create", "cap", "1000", "--tenant", tenant.name, "--meter", "written_bytes",
        "--hard-stop")
    assert tenant.call("GET", "/collections")[0] == 200
    use(tenant, 1000)
    assert wait_until(lambda: tenant.call("GET", "/collections")[0] == 403, 30)
    status, answer = tenant.call("POST", "/collections", {"name": "more"})
    assert status == 403 and "its budget cap of 1000" in answer["message"]
    assert neighbour.call("GET", "/collections")[0] == 200
    # It still sees why, and doesn't lift it itself.
    listed = expect(ledger.admin("GET", f"/v1/tenants/{tenant.name}/budgets", token=own))
    assert listed["budgets"][0]["used"] == "1000"
    assert ledger.admin(
        "DELETE", f"/v1/tenants/{tenant.name}/budgets/cap", token=own)[0] == 403
    assert "100%" in ledger.cli("budget", "alerts", "--tenant", tenant.name).stdout
    ledger.cli("budget", "delete", "cap", "--tenant", tenant.name)
    assert tenant.call("GET", "/collections")[0] == 200


def test_webhooks_of_this_machine_are_refused_unless_it_is_for_development(server):
    tenant = make_tenant(server, "hooked")
    for url in ("http://127.0.0.1/", "https://127.0.0.1/", "https://169.254.169.254/",
                "https://[::1]/", "https://10.0.0.1/", "http://example.com/"):
        status, answer = server.admin("POST", f"/v1/tenants/{tenant.name}/budgets", {
            "budgetId": "b", "amount": "1", "webhookUrl": url})
        assert status == 400, (url, answer)
    assert call("GET", server.endpoints["admin_http"] + f"/v1/tenants/{tenant.name}/budgets",
                token=server.admin_token) == (200, {})
