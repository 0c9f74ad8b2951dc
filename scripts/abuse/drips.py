#!/usr/bin/env python3
"""Thousands of connections that send a byte now and then, beside one client that works.

    drips.py --binary .build/release/tessera --connections 5000

Prints when the last of them was gone and the working client's latencies, alone and beside them,
in turns, for a machine is not equally busy all the time. Exits 1 when one is left after 15 s or the
client's p99 over all turns grew by more than half. Those who drip run with low priority, so that it
shows what they cost the server, not what they take of the client's processor.
"""

import argparse
import contextlib
import multiprocessing
import os
import pathlib
import resource
import selectors
import socket
import sys
import time
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "Tests/EndToEnd"))

from server import Server, temporary_directory  # noqa: E402
from tenancy import expect, make_tenant  # noqa: E402

GONE_SECONDS = 15
GROWTH_MAX = 1.5
ALONE_SECONDS = 12
DRIPPERS_NICENESS = 10
# A byte a second, which is too little for a head that may take ten.
DRIP_SECONDS = 1.0
HEAD = b"POST /api/v2/tenants/some-tenant HTTP/1.1\r\nHost: x\r\nX-Drip: " + b"a" * 4096


def work(url, token, over, out):
    """Asks for one thing after the other; puts the seconds of each, and what failed."""
    import httpx

    body = {"query_embeddings": [[1.0] * 32], "n_results": 5}
    seconds, failures = [], []
    with httpx.Client(headers={"x-chroma-token": token}) as client:
        while not over.is_set():
            start = time.perf_counter()
            try:
                status = client.post(url, json=body, timeout=30).status_code
                if status != 200:
                    failures.append(status)
            except httpx.HTTPError as error:
                failures.append(repr(error))
            seconds.append(time.perf_counter() - start)
            # As many a second whether others drip or not.
            time.sleep(0.005)
    out.put((seconds, failures))


def measured(tenant, collection, meanwhile):
    """The seconds of each request of a client that works meanwhile, what failed, and what
    `meanwhile` gave."""
    url = f"{tenant.server.url}{tenant.path}/collections/{collection}/query"
    over, out = multiprocessing.Event(), multiprocessing.Queue()
    client = multiprocessing.Process(target=work, args=(url, tenant.token, over, out))
    client.start()
    outcome = meanwhile()
    over.set()
    seconds, failures = out.get()
    client.join()
    return seconds, failures, outcome


def percentile(seconds, share):
    return sorted(seconds)[int(len(seconds) * share)]


def in_background(function, *arguments):
    """What a function gives that runs in a process of low priority."""
    def run():
        os.nice(DRIPPERS_NICENESS)
        out.put(function(*arguments))

    out = multiprocessing.Queue()
    process = multiprocessing.Process(target=run)
    process.start()
    outcome = out.get()
    process.join()
    return outcome


def drip(address, count):
    """Opens all, drips, and returns the seconds after which the last was closed; None when one
    was left."""
    open_ = selectors.DefaultSelector()
    start = time.monotonic()
    sent = {}
    for _ in range(count):
        connection = socket.create_connection(address, timeout=60)
        connection.setblocking(False)
        open_.register(connection, selectors.EVENT_READ)
        sent[connection] = 0
    opened = time.monotonic()
    deadline = opened + GONE_SECONDS
    due, gone = opened, opened
    while sent and time.monotonic() < deadline:
        if time.monotonic() >= due:
            due += DRIP_SECONDS
            for connection in sent:
                with contextlib.suppress(OSError):
                    sent[connection] += connection.send(
                        HEAD[sent[connection]:sent[connection] + 1])
        for key, _ in open_.select(0.05):
            try:
                ended = not key.fileobj.recv(4096)
            except BlockingIOError:
                continue
            except OSError:
                ended = True
            if ended:
                open_.unregister(key.fileobj)
                del sent[key.fileobj]
                key.fileobj.close()
                gone = time.monotonic()
    left = len(sent)
    for connection in sent:
        connection.close()
    return gone - opened, left, opened - start


def attack(server, count, rounds):
    tenant = make_tenant(server, "works")
    made = expect(tenant.call("POST", "/collections", {"name": "things"}))
    vectors = [[float((i * j) % 97) for j in range(32)] for i in range(1000)]
    expect(tenant.call("POST", f"/collections/{made['id']}/add", {
        "ids": [str(i) for i in range(1000)], "embeddings": vectors}), 201)
    parts = urllib.parse.urlsplit(server.url)
    address = (parts.hostname, parts.port)
    measured(tenant, made["id"], lambda: time.sleep(3))
    alone, beside, failed, all_left = [], [], [], 0
    for _ in range(rounds):
        seconds, failures, _ = measured(
            tenant, made["id"], lambda: time.sleep(ALONE_SECONDS))
        alone += seconds
        failed += failures
        seconds, failures, (gone, left, opening) = measured(
            tenant, made["id"], lambda: in_background(drip, address, count))
        beside += seconds
        failed += failures
        all_left += left
        print(f"{count} connections opened in {opening:.1f} s; the last was gone after "
              f"{gone:.1f} s, {left} were left after {GONE_SECONDS} s", flush=True)
    growth = percentile(beside, 0.99) / percentile(alone, 0.99)
    for name, seconds in (("alone", alone), ("beside them", beside)):
        print(f"working client {name}: {len(seconds)} requests, "
              f"p50 {percentile(seconds, 0.5) * 1e3:.2f} ms, "
              f"p99 {percentile(seconds, 0.99) * 1e3:.2f} ms")
    print(f"p99 grew {growth:.2f} times; {len(failed)} requests failed; "
          f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    return not all_left and not failed and growth <= GROWTH_MAX


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", required=True)
    parser.add_argument("--connections", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    server = Server(arguments.binary, temporary_directory(), {
        "RATE_LIMITS": "off", "LOG_LEVEL": "error",
        "HTTP_CONNECTIONS_MAX": arguments.connections + 1000,
        "HTTP_CONNECTIONS_MAX_PER_ADDRESS": 0})
    try:
        return 0 if attack(server.start(), arguments.connections, arguments.rounds) else 1
    finally:
        server.remove()


if __name__ == "__main__":
    sys.exit(main())
