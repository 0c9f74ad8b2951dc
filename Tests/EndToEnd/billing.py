"""Usage written straight into the ledger, for tests of what is made of it."""

import contextlib
import datetime
import http.server
import json
import subprocess
import threading
import urllib.request

# A month that is over, and sealed by the tests.
PAST = "2025-01"
NOBODY = "00000000-0000-0000-0000-000000000000"
DATABASE = "00000000-0000-4000-8000-0000000000d1"
COLLECTIONS = ["00000000-0000-4000-8000-0000000000c1", "00000000-0000-4000-8000-0000000000c2"]
# Would end a field, or a record, of careless CSV.
CREDENTIAL = 'issuer/"one", two'
METERS = ["written_bytes", "queried_bytes", "returned_bytes", "stored_byte_minutes", "forks",
          "read_requests"]


def sql(server, statement):
    sockets = (server.data / "postgres.socketdir").read_text().strip()
    return subprocess.run(
        ["psql", "-h", sockets, "-U", "tessera", "-d", "tessera", "-v", "ON_ERROR_STOP=1", "-qAt",
         "-c", statement], check=True, capture_output=True, text=True, timeout=60).stdout


def tenant_id(tenant):
    return tenant.server.admin("GET", f"/v1/tenants/{tenant.name}")[1]["uid"]


def insert_hours(tenant, month, hours, quantity, correction=False, of=None):
    """So much of every meter in each of the hours of a month; what it adds up to by meter."""
    first = datetime.datetime.fromisoformat(f"{of or month}-01T00:00:00+00:00")
    uid, rows, sums = tenant_id(tenant), [], dict.fromkeys(METERS, 0)
    for hour in range(hours):
        at = (first + datetime.timedelta(hours=hour)).isoformat()
        for collection in COLLECTIONS:
            for number, meter in enumerate(METERS):
                amount = quantity * (hour + 1) * (number + 1)
                sums[meter] += amount
                rows.append(
                    f"('{month}-01', '{at}', '{uid}', '{DATABASE}', '{collection}',"
                    f" '{CREDENTIAL}', '{meter}', {str(correction).lower()}, {amount})")
    sql(tenant.server, f"INSERT INTO usage.period VALUES ('{month}-01') ON CONFLICT DO NOTHING")
    sql(tenant.server, "INSERT INTO usage.hour (period, hour, tenant_id, database_id,"
        " collection_id, credential, meter, is_correction, quantity) VALUES " + ",".join(rows))
    return sums


def fold(server):
    """Has everything up to this hour count as folded."""
    sql(server, "UPDATE usage.progress SET folded_before = date_trunc('hour', now(), 'UTC')")


def seal(server, month):
    sql(server, f"UPDATE usage.period SET state = 'SEALED', seal_time = now()"
        f" WHERE period = '{month}-01'")


def download(server, path, token=None):
    """A file of the admin API: (content type, bytes)."""
    request = urllib.request.Request(server.endpoints["admin_http"] + path)
    request.add_header("X-Chroma-Token", token or server.admin_token)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.headers["content-type"], answer.read()


class Receiver:
    """A webhook's other end: what came, and what it answers."""

    def __init__(self):
        self.calls = []
        self.statuses = []

    @contextlib.contextmanager
    def serving(self):
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.calls.append((dict(self.headers), body, json.loads(body)))
                status = receiver.statuses.pop(0) if receiver.statuses else 204
                self.send_response(status)
                if status == 302:
                    self.send_header("location", "http://127.0.0.1:1/elsewhere")
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *arguments):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            self.url = f"http://127.0.0.1:{server.server_port}/hook"
            yield self
        finally:
            server.shutdown()
            server.server_close()
