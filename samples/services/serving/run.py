"""Runs an application until SIGTERM, and then to a good end."""

from __future__ import annotations

import os
import threading
from types import FrameType

import uvicorn
from fastapi import FastAPI

from serving.state import State


class Server(uvicorn.Server):
    """At SIGTERM the service is no longer ready, but answers for a while: clients with a kept connection are told to
    close it. Then it takes no more, answers what it has taken, and ends."""

    def __init__(self, config: uvicorn.Config, state: State, drain_seconds: float) -> None:
        super().__init__(config)
        self.state = state
        self.drain_seconds = drain_seconds

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if self.state.draining:
            return
        self.state.drain()
        timer = threading.Timer(self.drain_seconds, self.stop)
        timer.daemon = True
        timer.start()

    def stop(self) -> None:
        self.should_exit = True


def run(app: FastAPI, state: State) -> None:
    config = uvicorn.Config(
        app,
        host="0.0.0.0",
        port=int(os.environ.get("PORT", "8080")),
        access_log=False,
        log_level="info",
        timeout_keep_alive=75,  # longer than the idle time of what is in front, or both close at the same moment
        timeout_graceful_shutdown=int(os.environ.get("SHUTDOWN_SECONDS", "25")),
    )
    Server(config, state, float(os.environ.get("DRAIN_SECONDS", "2"))).run()
