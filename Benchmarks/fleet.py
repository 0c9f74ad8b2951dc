#!/usr/bin/env python3
"""What a fleet keeps: how soon a revoked token is refused everywhere, and whether a rate holds.

One control plane with its PostgreSQL, one engine and two frontends, as processes of this machine.

  fleet.py --binary PATH revocation [--count 1000]
  fleet.py --binary PATH partition [--count 10]
  fleet.py --binary PATH rates [--rate 200] [--seconds 60]
"""

import argparse
import http.client
import json
import multiprocessing
import pathlib
import sys
import threading
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Tests/EndToEnd"))

from installation import Installation  # noqa: E402
from proxy import Proxy  # noqa: E402
from server import call  # noqa: E402

# Needs nothing of the control plane that a frontend doesn't keep.
DATABASE = "/api/v2/tenants/{}/databases/main"
DATABASES = "/api/v2/tenants/{}/databases"


class Client:
    """Requests with one token over one kept connection."""

    def __init__(self, url, token):
        parts = urllib.parse.urlsplit(url)
        self.connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=30)
        self.headers = {"x-chroma-token": token}

    def status(self, path):
        self.connection.request("GET", path, headers=self.headers)
        answer = self.connection.getresponse()
        answer.read()
        return answer.status


class Load:
    """Processes that read at both frontends, each at its own pace, until stopped."""

    def __init__(self, installation, tenant, token, clients, pause):
        self.counts = [multiprocessing.Value("q", 0) for _ in range(clients)]
        self.processes = [
            multiprocessing.Process(
                target=self._run, daemon=True,
                args=(installation.urls[number % 2], token, DATABASES.format(tenant), pause,
                      count))
            for number, count in enumerate(self.counts)
        ]
        for process in self.processes:
            process.start()

    @staticmethod
    def _run(url, token, path, pause, count):
        client = Client(url, token)
        while True:
            assert client.status(path) == 200
            count.value += 1
            time.sleep(pause)

    @property
    def count(self):
        return sum(count.value for count in self.counts)

    def stop(self):
        assert all(process.is_alive() for process in self.processes), "the load was refused"
        for process in self.processes:
            process.terminate()
            process.join()


class Watch:
    """Asks one frontend with one token without a pause until it is refused."""

    def __init__(self, url, tenant, token):
        self.client = Client(url, token)
        self.path = DATABASE.format(tenant)
        assert self.ask() == 200
        self.admitted_at = None
        self.refused_at = None
        self.status = None
        self.thread = threading.Thread(target=self._run, daemon=True)

    def ask(self):
        return self.client.status(self.path)

    def start(self):
        self.thread.start()

    def _run(self):
        while True:
            began = time.monotonic()
            self.status = self.ask()
            if self.status != 200:
                self.refused_at = began
                return
            self.admitted_at = began


def make(installation, method, path, body):
    status, answer = installation.admin(method, path, body)
    assert status == 200, answer
    return answer


def make_tenant(installation, name):
    make(installation, "POST", "/v1/tenants", {"tenantId": name})
    make(installation, "POST", f"/v1/tenants/{name}/databases", {"databaseId": "main"})


def make_token(installation, tenant):
    return make(
        installation, "POST", f"/v1/tenants/{tenant}/tokens",
        {"displayName": "fleet", "role": "admin"})["secret"]


def revoke(installation, tenant, token):
    """When it was sent and when it returned, and who did not confirm."""
    key = token.split("_")[1]
    began = time.monotonic()
    answer = make(installation, "POST", f"/v1/tenants/{tenant}/tokens/{key}:revoke", {})
    return began, time.monotonic(), answer.get("unconfirmed_nodes", [])


def percentiles(seconds):
    ordered = sorted(seconds)
    pick = lambda share: ordered[min(int(len(ordered) * share), len(ordered) - 1)]  # noqa: E731
    return {
        "p50_ms": round(pick(0.5) * 1000, 1), "p99_ms": round(pick(0.99) * 1000, 1),
        "max_ms": round(ordered[-1] * 1000, 1),
    }


def measure_revocation(installation, options):
    make_tenant(installation, "load")
    make_tenant(installation, "revoked")
    load = Load(
        installation, "load", make_token(installation, "load"), options.clients, options.pause)
    refused, returned, late = [], [], 0
    # The first seconds after a start are for the nodes of the process before.
    time.sleep(6)
    began, served = time.monotonic(), load.count
    for _ in range(options.count):
        token = make_token(installation, "revoked")
        watches = [Watch(url, "revoked", token) for url in installation.urls]
        for watch in watches:
            watch.start()
        sent, done, unconfirmed = revoke(installation, "revoked", token)
        assert not unconfirmed, unconfirmed
        for watch in watches:
            watch.thread.join()
            assert watch.status == 401, watch.status
        refused.append(max(watch.refused_at for watch in watches) - sent)
        returned.append(done - sent)
        late += any((watch.admitted_at or 0) > done for watch in watches)
    rate = (load.count - served) / (time.monotonic() - began)
    load.stop()
    return {
        "revocations": options.count, "load_requests_per_second": round(rate),
        "refused_everywhere_after_sending": percentiles(refused),
        "revoke_returned_after_sending": percentiles(returned),
        "admitted_though_sent_after_the_return": late,
    }


def measure_partition(installation, options):
    """The second frontend reaches the control plane through a proxy that goes silent."""
    make_tenant(installation, "cut")
    worst, returned = [], []
    for _ in range(options.count):
        token = make_token(installation, "cut")
        watch = Watch(installation.urls[1], "cut", token)
        # By now the frontend has heard that the token was made, and looks it up once more.
        time.sleep(1.5)
        assert watch.ask() == 200
        installation.proxy.cut()
        watch.start()
        sent, done, unconfirmed = revoke(installation, "cut", token)
        assert unconfirmed == ["frontend-2"], unconfirmed
        watch.thread.join()
        assert watch.status == 503, watch.status
        worst.append(watch.refused_at - sent)
        returned.append(done - sent)
        installation.proxy.heal()
        while watch.ask() != 401:
            time.sleep(0.1)
    return {
        "revocations": options.count,
        "refused_by_the_cut_off_frontend_after_sending": percentiles(worst),
        "revoke_returned_after_sending": percentiles(returned),
    }


def measure_rates(installation, options):
    """A limit on reads, asked for three times as often as it admits, through both frontends."""
    make_tenant(installation, "busy")
    make(installation, "POST", "/v1/tenants/busy/quotaOverrides", {
        "usageType": "read_requests_per_second", "limit": str(options.rate),
        "reason": "the benchmark"})
    token = make_token(installation, "busy")
    admitted, asked, lock = 0, 0, threading.Lock()
    per_thread = 3 * options.rate / (options.clients * 2)
    start = time.monotonic() + 1

    def run(number):
        nonlocal admitted, asked
        client = Client(installation.urls[number % 2], token)
        time.sleep(max(0, start - time.monotonic()))
        mine = [0, 0]
        while (now := time.monotonic() - start) < options.seconds:
            due = mine[1] / per_thread
            if due > now:
                time.sleep(due - now)
            status = client.status(DATABASES.format("busy"))
            assert status in (200, 429), status
            mine[0] += status == 200
            mine[1] += 1
        with lock:
            admitted += mine[0]
            asked += mine[1]

    threads = [threading.Thread(target=run, args=(n,)) for n in range(options.clients * 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rate, seconds, frontends = options.rate, time.monotonic() - start, 2
    in_flight = options.clients * 2 / frontends
    bound = rate + rate * seconds + min(
        rate, frontends * (max(rate / (4 * frontends), 1) + in_flight + 1))
    return {
        "rate": rate, "seconds": round(seconds, 2), "asked_per_second": round(asked / seconds),
        "admitted": admitted, "admitted_of_rate": round(admitted / (rate * seconds), 4),
        "bound": round(bound), "held": rate * seconds * 0.95 <= admitted <= bound,
    }


MEASURES = {
    "revocation": measure_revocation, "partition": measure_partition, "rates": measure_rates}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", required=True)
    parser.add_argument("measure", choices=MEASURES, nargs="+")
    parser.add_argument("--count", type=int, default=1000, help="revocations")
    parser.add_argument("--clients", type=int, default=4, help="processes of the load")
    parser.add_argument("--pause", type=float, default=0.005, help="between two of its requests")
    parser.add_argument("--rate", type=int, default=200)
    parser.add_argument("--seconds", type=int, default=60)
    options = parser.parse_args()
    for name in options.measure:
        if name == "partition":
            options.count = min(options.count, 10)
        installation = Installation(options.binary)
        try:
            installation.proxy = Proxy(installation.ports["control"])
            installation.frontends[1].settings["EDGE_CONTROL_URL"] = (
                f"https://127.0.0.1:{installation.proxy.port}")
            installation.start()
            print(json.dumps({name: MEASURES[name](installation, options)}, indent=2), flush=True)
        finally:
            installation.proxy.close()
            installation.remove()


if __name__ == "__main__":
    main()
