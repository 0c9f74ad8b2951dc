"""The generator sends what it was given, and says how long it took and what went wrong."""

import http.server
import threading
import time
import types
import unittest

import load

MARK = load.UNIQUE_MARK.encode()


class Recorder(http.server.BaseHTTPRequestHandler):
    """Answers every POST, and remembers it."""

    protocol_version = "HTTP/1.1"
    seen: list
    status = 200
    is_chunked, closes, drops = False, False, False
    # By path; how long an answer waits.
    delays: dict = {}
    # So many requests have to be there before any is answered.
    together = threading.Barrier(1)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.seen.append((self.path, self.headers["X-Chroma-Token"], body))
        time.sleep(self.delays.get(self.path, 0))
        self.together.wait()
        if self.drops:
            self.close_connection = True
            return
        answer = self.chunks() if self.is_chunked else b"{}" * 50_000
        self.send_response(self.status)
        if self.is_chunked:
            self.send_header("Transfer-Encoding", "chunked")
        else:
            self.send_header("Content-Length", str(len(answer)))
        if self.closes:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(answer)

    def chunks(self) -> bytes:
        sizes = [1, 15, 16, 70_000]
        return b"".join(b"%x\r\n%s\r\n" % (size, b"\n" * size) for size in sizes) + b"0\r\n\r\n"

    def log_message(self, *arguments):
        pass


class LoadTests(unittest.TestCase):
    def setUp(self):
        self.handler = type("Handler", (Recorder,), {"seen": []})
        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self.handler)
        threading.Thread(target=self.http.serve_forever, args=(0.02,), daemon=True).start()
        address = f"http://127.0.0.1:{self.http.server_port}"
        self.server = types.SimpleNamespace(url=address, token="secret")

    def tearDown(self):
        self.http.shutdown()
        self.http.server_close()

    def rotate(self, path="/get", bodies=(b"x",), connections=2, seconds=0.3) -> load.Load:
        return load.send_rotating(self.server, load.posts(path, bodies), connections, seconds)

    def test_every_request_is_sent_exactly_once(self):
        # The large ones don't fit into what the kernel takes at a time.
        bodies = [b"%d" % number * (1 + number % 3 * 500_000) for number in range(21)]
        seen = load.send_once(self.server, load.posts("/add", bodies), 4)
        self.assertEqual((seen.times.requests, seen.failures), (21, 0))
        self.assertEqual(sorted(body for *_, body in self.handler.seen), sorted(bodies))
        self.assertEqual({(p, t) for p, t, _ in self.handler.seen}, {("/add", "secret")})

    def test_more_connections_than_requests_send_each_once(self):
        seen = load.send_once(self.server, load.posts("/add", [b"a", b"b"]), 9)
        self.assertEqual((seen.times.requests, len(self.handler.seen)), (2, 2))

    def test_marked_bodies_are_never_sent_twice_alike(self):
        for _ in range(2):
            self.rotate("/add", [b'{"ids":["%s"]}' % MARK], 4)
        sent = [body for *_, body in self.handler.seen]
        self.assertGreater(len(sent), 20)
        self.assertEqual(len(sent), len(set(sent)))
        self.assertRegex(sent[0].decode(), r'^{"ids":\["\d{12}"]}$')

    def test_all_requests_are_sent_in_turn_and_all_are_counted(self):
        seen = self.rotate(bodies=[b"first", b"second", b"third"], connections=1)
        sent = [body for *_, body in self.handler.seen]
        self.assertEqual(sent[:4], [b"first", b"second", b"third", b"first"])
        self.assertEqual(seen.times.requests, len(sent))

    def test_refused_requests_are_counted(self):
        self.handler.status = 429
        seen = self.rotate()
        self.assertGreater(seen.failures, 10)
        self.assertEqual(seen.failures, seen.times.requests)

    def test_requests_without_an_answer_are_counted_and_the_rest_goes_on(self):
        self.handler.drops = True
        seen = load.send_once(self.server, load.posts("/add", [b"x"] * 5), 2)
        self.assertEqual((seen.failures, seen.times.requests), (5, 0))
        self.assertEqual(len(self.handler.seen), 5)

    def test_chunked_answers_are_read_to_their_end(self):
        self.handler.is_chunked = True
        seen = self.rotate(connections=3)
        self.assertGreater(seen.times.requests, 10)
        self.assertEqual((seen.failures, seen.times.requests), (0, len(self.handler.seen)))

    def test_a_connection_that_the_server_closes_is_opened_again(self):
        self.handler.closes = True
        seen = self.rotate(connections=3)
        self.assertGreater(seen.times.requests, 10)
        self.assertEqual((seen.failures, seen.times.requests), (0, len(self.handler.seen)))

    def test_times_are_those_that_passed_for_each_kind_apart(self):
        self.handler.delays = {"/slow": 0.2, "/slowest": 0.4}
        requests = load.posts("/get", [b"x"] * 98) + load.posts("/slow", [b"x"], kind=1)
        requests += load.posts("/slowest", [b"x"], kind=1)
        began = time.monotonic()
        seen = load.send_once(self.server, requests, 1)
        fast, slow, *others = seen.kinds
        self.assertEqual((fast.requests, slow.requests), (98, 2))
        self.assertEqual([kind.requests for kind in others], [0, 0])
        # Percentiles lie on samples, the lower where they fall between two.
        self.assertGreaterEqual(slow.p99_ms, 200)
        self.assertGreaterEqual(seen.times.p99_ms, 200)
        # A stalled request is one sample: what might have been sent meanwhile was not.
        self.assertEqual(seen.times.requests, 100)
        self.assertGreaterEqual(seen.seconds, 0.6)
        self.assertGreaterEqual(seen.began, began)

    def test_what_is_outstanding_at_the_end_is_waited_for(self):
        self.handler.delays = {"/slow": 0.3}
        seen = self.rotate("/slow", connections=3, seconds=0.1)
        self.assertEqual((seen.times.requests, seen.failures), (3, 0))
        self.assertGreaterEqual(seen.seconds, 0.3)

    def test_connections_wait_for_their_answers_together(self):
        # Were one to wait for another's answer, none would come.
        self.handler.together = threading.Barrier(8, timeout=60)
        seen = load.send_once(self.server, load.posts("/add", [b"x"] * 16), 8)
        self.assertEqual((seen.times.requests, seen.failures), (16, 0))

    def test_a_server_that_is_not_there_is_an_error_that_says_so(self):
        gone = types.SimpleNamespace(url="http://127.0.0.1:1", token="")
        with self.assertRaisesRegex(ConnectionError, "refused"):
            load.send_once(gone, load.posts("/", [b"x"]), 1)
