"""How the process ends: SIGTERM while clients are there."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
import unittest

PROGRAM = """
import asyncio
from prometheus_client import CollectorRegistry
from serving.http import application
from serving.run import run
from serving.state import State
state = State("nothing")
app = application("test", state, CollectorRegistry())
@app.get("/slow")
async def slow():
    await asyncio.sleep(1.5)
    return "done"
state.ready()
run(app, state)
"""


class EndTest(unittest.TestCase):
    def setUp(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        environment = {**os.environ, "PORT": str(self.port), "DRAIN_SECONDS": "0.7"}
        self.process = subprocess.Popen([sys.executable, "-c", PROGRAM], env=environment, stderr=subprocess.DEVNULL)
        self.addCleanup(self.process.wait)
        self.addCleanup(self.process.kill)
        deadline = time.monotonic() + 30
        while self.get("/ready") != 200:
            self.assertLess(time.monotonic(), deadline, "the server does not start")
            time.sleep(0.05)

    def get(self, path: str) -> int | None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except OSError:
            return None
        finally:
            connection.close()

    def test_answers_what_it_has_taken_and_lets_go_of_kept_connections(self) -> None:
        kept = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        slow = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        for it in (kept, slow):
            self.addCleanup(it.close)
        kept.request("GET", "/live")
        kept.getresponse().read()
        slow.request("GET", "/slow")

        self.process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + 0.5
        while self.get("/ready") != 503:
            self.assertLess(time.monotonic(), deadline, "it still says that it is ready")

        self.assertEqual(self.get("/live"), 200, "new connections are served until everybody knows")
        kept.request("GET", "/live")
        answer = kept.getresponse()
        self.assertEqual((answer.status, answer.headers["connection"]), (200, "close"))
        answer = slow.getresponse()
        self.assertEqual((answer.status, answer.read()), (200, b'"done"'))
        self.assertEqual(self.process.wait(10), 0)
        self.assertIsNone(self.get("/live"))


if __name__ == "__main__":
    unittest.main()
