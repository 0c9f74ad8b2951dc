"""What deploy/ has for Grafana and Prometheus, asked of a Prometheus that scrapes a server."""

import json
import re
import shutil

import grpc
import pytest

from otlp_receiver import HTTPReceiver
from packed import Client
from prometheus import DEPLOY, Prometheus
from server import wait_until
from tenancy import make_tenant
from test_telemetry import telemetry, work

# Of PromQL; what else is no function is a metric.
WORDS = {"by", "without", "and", "or", "unless", "on", "ignoring", "bool", "offset"}


@pytest.fixture(scope="module")
def binary():
    found = shutil.which("prometheus")
    if not found:
        pytest.skip("Debian's prometheus is not installed: scripts/install-packages.sh")
    return found


@pytest.fixture
def scraped(binary, own_server):
    """A Prometheus that has scraped a server before and after some work."""
    with HTTPReceiver() as received:
        server = own_server(**telemetry(received.url)).start()
        tenant = make_tenant(server)
        with Prometheus(binary, server) as prometheus:
            assert wait_until(lambda: scrapes(prometheus) >= 1, 30)
            work(tenant, {})
            with pytest.raises(grpc.RpcError):
                metadata = [("authorization", f"Bearer {tenant.token}")]
                Client(tenant, metadata=metadata).GetCollection(name="nothing")
            before = scrapes(prometheus)
            assert wait_until(lambda: scrapes(prometheus) >= before + 3, 30)
            yield prometheus


def scrapes(prometheus):
    found = prometheus.query('count_over_time(up{job="tessera"}[5m])')
    return int(found[0]["value"][1]) if found else 0


def panels():
    """(title, query) of every panel, as Grafana asks when all jobs are chosen."""
    board = json.loads((DEPLOY / "grafana/tessera.json").read_text())
    found = [
        (panel["title"], target["expr"].replace("$job", ".+").replace("$__rate_interval", "1m"))
        for panel in board["panels"] for target in panel.get("targets", [])]
    assert found and not any("$" in query for _, query in found)
    return found


def without_threshold(query):
    return re.sub(r"(>|<|==)=?\s*[\d.]+", "", query)


def names_in(query):
    """The metrics that a query is about."""
    bare = re.sub(r'"[^"]*"', "", query)
    bare = re.sub(r"\{[^}]*\}|\[[^]]*\]|\b(by|without|on|ignoring)\s*\([^)]*\)", " ", bare)
    return {
        word for word in re.findall(r"\b[a-z_:][a-z0-9_:]*\b(?!\s*\()", bare)} - WORDS


def labels_in(query):
    """The labels that the answer is by, `le` aside, which a quantile takes away."""
    found = re.findall(r"\bby\s*\(([^)]*)\)", query)
    return {label.strip() for labels in found for label in labels.split(",")} - {"le"}


def told(prometheus):
    """Names that the types on the server's page stand for, whether there are series or not."""
    families = {each["metric"] for each in prometheus.ask("targets/metadata")}
    endings = ("", "_total", "_bucket", "_sum", "_count")
    return {"up"} | {family + ending for family in families for ending in endings}


def questions(prometheus):
    """(title, query) of all panels and alerts, so that each has an answer if nothing is wrong."""
    rules = prometheus.rules()
    assert rules and all(rule["health"] == "ok" for rule in rules), rules
    alerts = [(rule["name"], without_threshold(rule["query"])) for rule in rules]
    # No request fails here: of that class there is nothing to see.
    return [(title, query.replace('"5xx"', '"2xx"')) for title, query in panels() + alerts]


def test_prometheus_scrapes_a_server_without_a_complaint(scraped):
    def states():
        return [(each["health"], each["lastError"]) for each in scraped.targets()]
    # One scrape of a loaded machine may take longer than the second that it has.
    assert wait_until(lambda: states() == [("up", "")], 60), states()
    assert scraped.complaints() == []


def test_every_panel_and_alert_asks_for_what_the_server_tells(scraped):
    asked = questions(scraped)
    assert all(names_in(query) for _, query in asked)
    named = {name for _, query in asked for name in names_in(query)}
    assert named <= told(scraped), sorted(named - told(scraped))
    series = set(scraped.ask("label/__name__/values"))
    assert named <= series, sorted(named - series)
    # Where there are series of every metric, no answer means a label or its value is wrong.
    assert [each for each in asked if not scraped.query(each[1])] == []
    for title, query in asked:
        for label in labels_in(query):
            assert all(each["metric"].get(label) for each in scraped.query(query)), (title, label)
