"""The generators send what they were given, and count what went wrong."""

import http.server
import threading
import types
import unittest

import load


class Recorder(http.server.BaseHTTPRequestHandler):
    """Answers every POST, and remembers it."""

    protocol_version = "HTTP/1.1"
    seen: list
    status = 200

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.seen.append((self.path, self.headers["X-Chroma-Token"], body))
        self.send_response(self.status)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *arguments):
        pass


class QuietServer(http.server.ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        """wrk drops its connections when its time is up."""


class LoadTests(unittest.TestCase):
    def setUp(self):
        self.handler = type("Handler", (Recorder,), {"seen": []})
        self.http = QuietServer(("127.0.0.1", 0), self.handler)
        threading.Thread(target=self.http.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{self.http.server_port}"
        self.server = types.SimpleNamespace(url=address, token="secret")

    def tearDown(self):
        self.http.shutdown()
        self.http.server_close()

    def test_writers_send_every_body_exactly_once(self):
        bodies = [b"body-%d" % number for number in range(21)]
        seen = load.send_once(self.server, "/add", bodies, 4)
        self.assertEqual((seen.requests, seen.failures), (21, 0))
        self.assertEqual(sorted(body for *_, body in self.handler.seen), sorted(bodies))
        self.assertEqual({(p, t) for p, t, _ in self.handler.seen}, {("/add", "secret")})

    def test_a_refused_write_is_counted_as_a_failure(self):
        self.handler.status = 500
        self.assertEqual(load.send_once(self.server, "/add", [b"x"], 1).failures, 1)

    def test_marked_bodies_are_never_sent_twice_alike(self):
        bodies = [b'{"ids":["%s"]}' % load.UNIQUE_MARK.encode()]
        seen = load.send_rotating(self.server, "/add", bodies, 4, 1)
        sent = [body for *_, body in self.handler.seen]
        self.assertGreaterEqual(len(sent), seen.requests)
        self.assertEqual(len(sent), len(set(sent)))
        self.assertFalse(any(load.UNIQUE_MARK.encode() in body for body in sent))
        self.assertEqual({token for _, token, _ in self.handler.seen}, {"secret"})

    def test_all_bodies_are_sent_in_turn(self):
        bodies = [b"first", b"second", b"third"]
        load.send_rotating(self.server, "/get", bodies, 1, 1)
        sent = [body for *_, body in self.handler.seen]
        self.assertEqual(set(sent), set(bodies))
        self.assertEqual(len(set(sent[:3])), 3)

    def test_refused_requests_are_counted(self):
        self.handler.status = 429
        seen = load.send_rotating(self.server, "/get", [b"x"], 2, 1)
        self.assertEqual(seen.failures, seen.requests)
