"""What one client may take of a gRPC port: connections, calls, time."""

import socket
import time
import urllib.parse

import grpc
import pytest

import frames
import packed as grpc_packed
from server import call, wait_until
from tenancy import make_tenant

LIST = "/tessera.data.v1.DataService/ListCollections"
# The guards' own times (RPCLimits, SlowCallHandler), and room for a busy machine.
OPENING_SECONDS, REQUEST_SECONDS, ANSWER_SECONDS, ROOM_SECONDS = 10, 10, 30, 20


def address(server, name="grpc"):
    parts = urllib.parse.urlsplit(server.endpoints[name])
    return parts.hostname, parts.port


def is_closed(connection, seconds):
    """Whether the server closes it in time, whatever it says before."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        connection.settimeout(max(0.01, deadline - time.monotonic()))
        try:
            if connection.recv(1024) == b"":
                return True
        except ConnectionError:
            return True
        except TimeoutError:
            return False
    return False


def test_one_address_has_so_many_connections_and_no_more(own_server):
    server = own_server(GRPC_CONNECTIONS_MAX_PER_ADDRESS=3).start()
    tenant = make_tenant(server)
    held = [begun(address(server)) for _ in range(3)]
    assert is_closed(socket.create_connection(address(server)), 30)
    with pytest.raises(grpc.RpcError) as refused:
        grpc_packed.Client(tenant).ListCollections()
    assert refused.value.code() == grpc.StatusCode.UNAVAILABLE
    held.pop().close()
    assert wait_until(lambda: works(tenant), 30)


def begun(place, words=b""):
    """A connection that the server knows of: it has said something on it."""
    connection = socket.create_connection(place, timeout=10)
    connection.sendall(words)
    assert connection.recv(1)
    return connection


def works(tenant):
    try:
        return list(grpc_packed.Client(tenant).ListCollections().collections) == []
    except grpc.RpcError:
        return False


def test_http_connections_of_one_address_are_bounded_too(own_server):
    server = own_server(HTTP_CONNECTIONS_MAX_PER_ADDRESS=3).start()
    held = [begun(address(server, "http"), b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
            for _ in range(3)]
    assert is_closed(socket.create_connection(address(server, "http")), 30)
    held.pop().close()
    assert wait_until(lambda: beats(server), 30)


def beats(server):
    try:
        return call("GET", server.url + "/api/v2/heartbeat")[0] == 200
    except OSError:
        return False


def test_who_says_nothing_is_gone(server):
    for name in ("grpc", "admin_grpc"):
        silent = socket.create_connection(address(server, name))
        assert not is_closed(silent, 5)
        assert is_closed(silent, OPENING_SECONDS + ROOM_SECONDS), name


def test_a_request_that_drips_ends_and_its_connection_lives_on(tenant):
    connection = frames.Connection(address(tenant.server))
    connection.call(LIST, tenant.token)
    start, ended = time.monotonic(), None
    while not ended and time.monotonic() < start + REQUEST_SECONDS + ROOM_SECONDS:
        connection.drip()
        ended = [kind for kind, _, stream in connection.frames(1) if stream == 1]
    assert frames.RST_STREAM in ended
    assert time.monotonic() - start >= REQUEST_SECONDS - 1
    connection.close()


def test_an_answer_that_nobody_reads_ends(tenant):
    connection = frames.Connection(address(tenant.server), window=0)
    request = grpc_packed.stubs()[0].ListCollectionsRequest(
        tenant=tenant.name, database=tenant.database)
    tenant.call("POST", "/collections", {"name": "some"})
    connection.call(LIST, tenant.token, request.SerializeToString())
    kinds = []
    for kind, _, stream in connection.frames(ANSWER_SECONDS + ROOM_SECONDS):
        kinds += [kind] if stream == 1 else []
        if kind == frames.RST_STREAM:
            break
    assert kinds == [frames.HEADERS, frames.RST_STREAM], kinds
    connection.close()


def test_a_header_list_that_is_too_long_is_refused(tenant):
    many = [("authorization", f"Bearer {tenant.token}"), ("x-long", "a" * 20_000)]
    with pytest.raises(grpc.RpcError):
        grpc_packed.Client(tenant, metadata=many).ListCollections()
    assert works(tenant)


def test_calls_count_among_the_requests_at_once(own_server):
    server = own_server(HTTP_REQUESTS_MAX=1).start()
    tenant = make_tenant(server)
    assert works(tenant)
    waiting = socket.create_connection(address(server, "http"))
    path = f"{tenant.path}/collections"
    waiting.sendall((
        f"POST {path} HTTP/1.1\r\nHost: x\r\nX-Chroma-Token: {tenant.token}\r\n"
        "Content-Type: application/json\r\nContent-Length: 9\r\n\r\n").encode())
    with pytest.raises(grpc.RpcError) as refused:
        wait_until(lambda: not grpc_packed.Client(tenant).ListCollections(), 10)
    assert refused.value.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
    waiting.close()
    assert wait_until(lambda: works(tenant), 30)
