"""What two readers of one request could read differently is refused, on both HTTP ports."""

import re
import socket
import urllib.parse

import pytest

PATHS = {"http": "/api/v2/heartbeat", "admin_http": "/livez"}
SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"


def talk(server, port, text, patience=20):
    """All that the server says until it closes or waits; and whether it closed."""
    parts = urllib.parse.urlsplit(server.endpoints[port])
    said = b""
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as connection:
        connection.sendall(text.encode("latin-1"))
        connection.settimeout(patience)
        try:
            while piece := connection.recv(65536):
                said += piece
        except TimeoutError:
            return said.decode("latin-1"), False
        except ConnectionResetError:
            pass
    return said.decode("latin-1"), True


def statuses(said):
    return [int(each) for each in re.findall(r"HTTP/1\.[01] (\d+)", said)]


@pytest.fixture(params=PATHS)
def port(request):
    return request.param


REFUSED = {
    "no host": ("GET {path} HTTP/1.1\r\n\r\n", ""),
    "two hosts": ("GET {path} HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", ""),
    "both lengths": ("POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n"
                     "Transfer-Encoding: chunked\r\n\r\n", "0\r\n\r\n"),
    "two lengths": ("POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n"
                    "Content-Length: 5\r\n\r\n", ""),
    "a list of lengths": ("POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 0, 0\r\n\r\n", ""),
    "a signed length": ("POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: +0\r\n\r\n", ""),
    "a space before the colon": (
        "POST {path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : chunked\r\n\r\n", "0\r\n\r\n"),
    "chunked not last": (
        "POST {path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, identity\r\n\r\n",
        "0\r\n\r\n"),
    "a folded field": ("GET {path} HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n", ""),
    "a bare line feed": ("GET {path} HTTP/1.1\nHost: x\n\n", ""),
    "a bare carriage return": ("GET {path} HTTP/1.1\r\nHost: x\r\nA: b\rC: d\r\n\r\n", ""),
    "a zero byte": ("GET {path} HTTP/1.1\r\nHost: x\r\nA: b\0c\r\n\r\n", ""),
}


@pytest.mark.parametrize("name", REFUSED)
def test_an_ambiguous_request_is_a_400_and_the_end_of_the_connection(server, port, name):
    head, body = REFUSED[name]
    said, closed = talk(server, port, head.format(path=PATHS[port]) + body + SMUGGLED)
    assert (statuses(said), closed) == ([400], True), said


def test_http_1_0_is_answered_and_closed(server, port):
    said, closed = talk(server, port, f"GET {PATHS[port]} HTTP/1.0\r\n\r\n")
    assert (statuses(said), closed) == ([200], True)
    kept = f"GET {PATHS[port]} HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"
    _, closed = talk(server, port, kept, patience=2)
    assert not closed


@pytest.mark.parametrize("fields, status", [
    ("X-Chroma-Token: {token}\r\n", 200), ("Authorization: bearer {token}\r\n", 200),
    ("X-Chroma-Token: {token}\r\nAuthorization: Bearer wrong\r\n", 200),
    ("X-Chroma-Token: wrong\r\nAuthorization: Bearer {token}\r\n", 401),
    ("X-Chroma-Token: {token}\r\nX-Chroma-Token: {token}\r\n", 401),
    ("X-Chroma-Token: {token}\r\nX-Chroma-Token: wrong\r\n", 401),
    ("Authorization: Bearer {token}\r\nAuthorization: Bearer wrong\r\n", 401),
    ("Authorization: Bearer {token}, Bearer {token}\r\n", 401),
    ("Authorization: Basic {token}\r\n", 401),
])
def test_both_ports_take_the_same_token_of_several(server, tenant, port, fields, status):
    path = {"http": "/api/v2/auth/identity", "admin_http": "/v1/tokens:introspect"}[port]
    said, _ = talk(
        server, port, f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        + fields.format(token=tenant.token) + "\r\n")
    assert statuses(said) == [status], said
