"""TLS on every listener, and a certificate that is renewed while clients work."""

import http.client
import json
import shutil
import socket
import ssl
import subprocess
import threading
import urllib.parse

import chromadb
import grpc
import pytest

from server import ServerFailed, wait_until

RENEWED_SECONDS = 30


def openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


class Authority:
    """An issuer of its own, and certificates for 127.0.0.1 from it."""

    def __init__(self, directory):
        self.directory = directory
        directory.mkdir()
        self.certificate = directory / "ca.pem"
        self.key = directory / "ca.key"
        openssl(
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-subj", "/CN=test issuer", "-days", 2, "-keyout", self.key, "-out", self.certificate,
            "-addext", "keyUsage=critical,keyCertSign")

    def issue(self, name, serial):
        certificate, key = self.directory / f"{name}.pem", self.directory / f"{name}.key"
        request, extensions = self.directory / "request", self.directory / "extensions"
        extensions.write_text("subjectAltName=IP:127.0.0.1,DNS:localhost\n")
        openssl(
            "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-subj", f"/CN={name}", "-keyout", key, "-out", request)
        openssl(
            "x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self.key,
            "-set_serial", serial, "-days", 2, "-extfile", extensions, "-out", certificate)
        return certificate, key

    def context(self):
        return ssl.create_default_context(cafile=str(self.certificate))


class SecureServer:
    """A server with a certificate that can be replaced."""

    def __init__(self, own_server):
        plain = own_server()
        self.authority = Authority(plain.root / "authority")
        self.certificate = plain.root / "server.pem"
        self.key = plain.root / "server.key"
        self.install("first", 1001)
        plain.settings.update(
            TLS_CERTIFICATE_FILE=self.certificate, TLS_PRIVATE_KEY_FILE=self.key,
            ADMIN_CA=self.authority.certificate)
        self.server = plain

    def install(self, name, serial):
        certificate, key = self.authority.issue(name, serial)
        shutil.copy(key, self.key)
        shutil.copy(certificate, self.certificate)

    def start(self):
        # What the tests' child processes say of the admin API is no setting of the server.
        authority = self.server.settings.pop("ADMIN_CA")
        self.server.start()
        self.server.settings["ADMIN_CA"] = authority
        return self

    def address(self, name):
        url = urllib.parse.urlsplit(self.server.endpoints[name])
        assert url.scheme == "https"
        return url.hostname, url.port

    def serial(self, name):
        """The serial number of the certificate that a new connection is shown."""
        with socket.create_connection(self.address(name), timeout=10) as plain:
            with self.authority.context().wrap_socket(
                    plain, server_hostname="127.0.0.1") as secure:
                return int(secure.getpeercert()["serialNumber"], 16)


@pytest.fixture
def secure(own_server):
    return SecureServer(own_server).start()


def identity(connection, token):
    connection.request("GET", "/api/v2/auth/identity", headers={"X-Chroma-Token": token})
    answer = connection.getresponse()
    return answer.status, json.loads(answer.read())


def test_the_official_client_works_over_tls_when_it_trusts_the_issuer(secure):
    host, port = secure.address("http")
    settings = chromadb.Settings(
        chroma_server_ssl_verify=str(secure.authority.certificate), anonymized_telemetry=False)
    bootstrap = secure.server.bootstrap
    client = chromadb.HttpClient(
        host=host, port=port, ssl=True, settings=settings, tenant=bootstrap["tenant"],
        database=bootstrap["database"], headers={"X-Chroma-Token": bootstrap["token"]})
    notes = client.create_collection("notes", embedding_function=None)
    notes.add(ids=["a"], embeddings=[[1, 2]])
    assert notes.query(query_embeddings=[[1, 2]])["ids"] == [["a"]]


def test_the_command_line_and_grpc_speak_tls(secure):
    assert "acme-tls" in secure.server.cli("tenant", "create", "acme-tls").stdout
    host, port = secure.address("grpc")
    trust = grpc.ssl_channel_credentials(secure.authority.certificate.read_bytes())
    with grpc.secure_channel(f"{host}:{port}", trust) as channel:
        grpc.channel_ready_future(channel).result(timeout=20)
    secure.server.settings.pop("ADMIN_CA")
    assert secure.server.cli("tenant", "list", check=False).returncode != 0


def test_clear_text_is_not_answered(secure):
    for name in ("http", "admin_http"):
        connection = http.client.HTTPConnection(*secure.address(name), timeout=10)
        with pytest.raises((http.client.HTTPException, OSError)):
            connection.request("GET", "/api/v2/heartbeat")
            connection.getresponse()


@pytest.mark.parametrize("listener", ["http", "grpc", "admin_http", "admin_grpc"])
def test_weak_versions_and_suites_are_refused(secure, listener):
    def handshake(change):
        context = secure.authority.context()
        context.set_alpn_protocols(["h2", "http/1.1"])
        change(context)
        with socket.create_connection(secure.address(listener), timeout=10) as plain:
            with context.wrap_socket(plain, server_hostname="127.0.0.1") as session:
                return session.version(), session.cipher()[0]

    def old(context):
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1

    def chained(context):
        context.set_ciphers("ECDHE-ECDSA-AES128-SHA256:ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0")
        context.maximum_version = ssl.TLSVersion.TLSv1_2

    def good(context):
        context.maximum_version = ssl.TLSVersion.TLSv1_2

    for weak in (old, chained):
        with pytest.raises((ssl.SSLError, OSError)):
            handshake(weak)
    assert handshake(good) == ("TLSv1.2", "ECDHE-ECDSA-AES256-GCM-SHA384")
    assert handshake(lambda context: None)[0] == "TLSv1.3"


def test_a_renewed_certificate_is_taken_up_without_a_dropped_request(secure):
    token = secure.server.bootstrap["token"]
    stop, answers = threading.Event(), []

    def work():
        connection = http.client.HTTPSConnection(
            *secure.address("http"), context=secure.authority.context(), timeout=20)
        while not stop.is_set():
            answers.append(identity(connection, token)[0])

    worker = threading.Thread(target=work)
    worker.start()
    try:
        assert secure.serial("http") == 1001
        secure.install("second", 1002)
        for name in ("http", "admin_http"):
            assert wait_until(lambda: secure.serial(name) == 1002, RENEWED_SECONDS)
        # A key that doesn't fit changes nothing.
        shutil.copy(secure.authority.issue("other", 1003)[1], secure.key)
        assert wait_until(lambda: "can't be renewed" in secure.server.log_tail(), RENEWED_SECONDS)
        assert secure.serial("http") == 1002
    finally:
        stop.set()
        worker.join(60)
    assert answers and set(answers) == {200}


def test_a_certificate_without_its_key_refuses_to_start(own_server):
    server = own_server(TLS_CERTIFICATE_FILE="/nonexistent")
    with pytest.raises(ServerFailed, match="tls.private_key_file"):
        server.start()
    server.settings["TLS_PRIVATE_KEY_FILE"] = "/nonexistent"
    with pytest.raises(ServerFailed, match="/nonexistent"):
        server.start()
