"""The load itself: what it counts as failed, and that it ends."""

from __future__ import annotations

import contextlib
import io
import json
import threading
import unittest
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from load.__main__ import arguments, main


class LoadTest(unittest.TestCase):
    def setUp(self) -> None:
        self.status = lambda number: 200
        self.connections: Counter[tuple] = Counter()
        test, numbers = self, iter(range(1_000_000))

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                test.connections[self.client_address] += 1
                status = test.status(next(numbers))
                if status is None:
                    self.close_connection = True
                    return
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.send_header("served-by", "pod-1")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)

    def load(self, *words: str) -> tuple[int, dict]:
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            code = main(["http", f"http://127.0.0.1:{self.server.server_port}/x?y=1", "--rate", "500", *words])
        return code, json.loads(out.getvalue())

    def test_sends_as_many_as_asked_over_kept_connections(self) -> None:
        code, said = self.load("--requests", "40", "--clients", "2")
        self.assertEqual((code, said["requests"], said["failed"]), (0, 40, 0))
        self.assertEqual(said["servedBy"], {"pod-1": 40})
        self.assertEqual(len(self.connections), 2)
        self.assertGreater(said["p99Millis"], 0)

    def test_opens_a_new_connection_for_each(self) -> None:
        self.load("--requests", "10", "--new-connections")
        self.assertEqual(len(self.connections), 10)

    def test_an_error_and_a_lost_connection_are_failures(self) -> None:
        self.status = lambda number: (200, 503, None)[number % 3]
        code, said = self.load("--requests", "9", "--clients", "1")
        self.assertEqual((code, said["requests"], said["failed"], said["answers"]), (1, 9, 6, {"200": 3, "503": 3}))
        self.assertEqual(said["failures"]["answer 503"], 3)
        self.assertEqual(said["failedBy"], {"pod-1": 3})

    def test_failures_may_be_what_is_wanted(self) -> None:
        self.status = lambda number: 503
        self.assertEqual(self.load("--requests", "2", "--may-fail")[0], 0)

    def test_refuses_a_load_without_bounds(self) -> None:
        for words in (["--requests", "0"], ["--requests", "100001"], ["--rate", "0"], ["--requests", "1000", "--rate", "1"]):
            with self.assertRaises(SystemExit), contextlib.redirect_stderr(io.StringIO()):
                arguments(["http", "http://x", *words])


if __name__ == "__main__":
    unittest.main()
