"""More tenants than may be open at once: every answer is right, and the cap holds."""

import os
import pathlib
import random
import threading

from server import wait_until
from tenancy import make_tenant

OPEN_MAX = 4
TENANTS = 20
CLIENTS = 12
REQUESTS = 40


def open_tenants(server):
    """The tenants whose log the server has open."""
    found = set()
    directory = pathlib.Path(f"/proc/{server.process.pid}/fd")
    for descriptor in directory.iterdir():
        try:
            path = pathlib.Path(os.readlink(descriptor))
        except FileNotFoundError:
            continue
        if path.suffix == ".log" and path.parent.name == "log":
            found.add(path.parent.parent.name)
    return found


class Watch:
    """Counts the open tenants all the time while it runs."""

    def __init__(self, server):
        self.server = server
        self.most = 0
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.watch)

    def watch(self):
        while not self.ended.wait(0.005):
            found = open_tenants(self.server)
            if len(found) > OPEN_MAX:
                # Some may have been closed, and others opened, while it looked.
                found &= open_tenants(self.server)
            self.most = max(self.most, len(found))

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join()


def hammer(collections, client, failures):
    """Writes to random tenants and reads each record back at once."""
    choose = random.Random(client)
    try:
        for index in range(REQUESTS):
            tenant, path = choose.choice(collections)
            record = f"{client}.{index}"
            status, answer = tenant.call(
                "POST", f"{path}/add",
                {"ids": [record], "embeddings": [[client, index]], "documents": [tenant.name]})
            assert status == 201, answer
            status, answer = tenant.call("POST", f"{path}/get", {"ids": [record]})
            assert status == 200 and answer["documents"] == [tenant.name], answer
    except Exception as error:  # a thread's failure is the test's
        failures.append(error)


def test_cap_on_open_tenants(own_server):
    server = own_server(ENGINE_TENANTS_OPEN_MAX=OPEN_MAX).start()
    tenants = [make_tenant(server) for _ in range(TENANTS)]
    collections = []
    with Watch(server) as watch:
        for tenant in tenants:
            status, made = tenant.call("POST", "/collections", {"name": "records"})
            assert status == 200, made
            collections.append((tenant, f"/collections/{made['id']}"))
        failures = []
        clients = [
            threading.Thread(target=hammer, args=(collections, client, failures))
            for client in range(CLIENTS)]
        for thread in clients:
            thread.start()
        for thread in clients:
            thread.join()
        assert not failures, failures[:3]
        counts = [tenant.call("GET", f"{path}/count")[1] for tenant, path in collections]
    assert sum(counts) == CLIENTS * REQUESTS
    assert all(counts)
    assert 1 < watch.most <= OPEN_MAX


def test_idle_tenants_are_closed(own_server):
    server = own_server(ENGINE_TENANT_IDLE_SECONDS=1).start()
    tenant = make_tenant(server)
    made = tenant.call("POST", "/collections", {"name": "records"})[1]
    path = f"/collections/{made['id']}"
    assert tenant.call("POST", f"{path}/add", {"ids": ["a"], "embeddings": [[1]]})[0] == 201
    assert open_tenants(server)
    assert wait_until(lambda: not open_tenants(server), 30)
    assert tenant.call("GET", f"{path}/count") == (200, 1)
