"""What the admin API's HTTP port does with clients that speak badly, or not at all."""

import socket
import urllib.parse

import pytest

# A first request head may take ten seconds, and a body's first look comes after ten more.
GONE_SECONDS = 30


def connect(server):
    parts = urllib.parse.urlsplit(server.endpoints["admin_http"])
    connection = socket.create_connection((parts.hostname, parts.port))
    connection.settimeout(GONE_SECONDS)
    return connection


def head(server, *fields):
    lines = ["POST /v1/tenants HTTP/1.1", "Host: x", f"X-Chroma-Token: {server.admin_token}"]
    return "\r\n".join([*lines, *fields, "", ""]).encode()


def read_to_end(connection):
    text = b""
    while chunk := connection.recv(65536):
        text += chunk
    return text


@pytest.mark.parametrize("body", [
    b"-1\r\n{}\r\n", b"0x2\r\n{}\r\n", b"2;a\nb\r\n{}\r\n", b"2\n{}\n0\n\n",
])
def test_a_body_that_is_not_http_is_the_clients_fault(server, body):
    with connect(server) as connection:
        connection.sendall(head(server, "Transfer-Encoding: chunked") + body)
        assert read_to_end(connection).startswith(b"HTTP/1.1 400 ")


def test_a_body_that_is_too_large_is_refused_before_it_is_sent(server):
    with connect(server) as connection:
        connection.sendall(head(server, f"Content-Length: {2**63 - 1}"))
        assert connection.recv(65536).startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize("beginning", ["", "half a head", "half a body"])
def test_a_client_that_stops_speaking_is_sent_away(server, beginning):
    sent = {"": b"", "half a head": b"GET /livez HTT", "half a body": head(
        server, "Content-Length: 1000") + b"{"}[beginning]
    with connect(server) as connection:
        connection.sendall(sent)
        assert b" 200 " not in read_to_end(connection)
