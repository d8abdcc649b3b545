"""An HTTP service: /live, /ready, /metrics, and the measures by which a rollout is judged."""

from __future__ import annotations

import os
import socket
import time
from contextlib import AbstractAsyncContextManager
from typing import Callable

from fastapi import FastAPI
from fastapi.responses import PlainTextResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.state import State

OWN = ("/live", "/ready", "/metrics")  # asked by machines, and no requests of clients
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2, 5)
POD = os.environ.get("HOSTNAME") or socket.gethostname()


class Measured:
    """Counts and times every request that is not a probe's, and tells kept connections to close once the end is near."""

    def __init__(self, app: ASGIApp, state: State, registry: CollectorRegistry) -> None:
        self.app = app
        self.state = state
        self.requests = Counter("http_requests", "Answered requests", ["method", "path", "code"], registry=registry)
        self.seconds = Histogram(
            "http_request_duration_seconds", "Time to answer", ["method", "path"], buckets=BUCKETS, registry=registry
        )
        self.in_flight = Gauge("http_requests_in_flight", "Requests being answered", registry=registry)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        code = "500"

        async def sending(message: Message) -> None:
            nonlocal code
            if message["type"] == "http.response.start":
                code = str(message["status"])
                message["headers"] = [*message.get("headers", []), (b"served-by", POD.encode())]
                if self.state.draining:
                    message["headers"].append((b"connection", b"close"))
            await send(message)

        begin = time.perf_counter()
        self.in_flight.inc()
        try:
            await self.app(scope, receive, sending)
        finally:
            self.in_flight.dec()
            # the route, not the path of the request: what a client makes up must not become a time series
            route = scope.get("route")
            path = getattr(route, "path", None)
            if path and path not in OWN:
                self.requests.labels(scope["method"], path, code).inc()
                self.seconds.labels(scope["method"], path).observe(time.perf_counter() - begin)


def application(
    title: str,
    state: State,
    registry: CollectorRegistry,
    lifespan: Callable[[FastAPI], AbstractAsyncContextManager[None]] | None = None,
) -> FastAPI:
    """An application with its probes and metrics; the caller adds what it is there for."""
    app = FastAPI(title=title, lifespan=lifespan, docs_url=None, redoc_url=None)
    app.add_middleware(Measured, state=state, registry=registry)

    @app.get("/live", include_in_schema=False)
    async def live() -> PlainTextResponse:
        return PlainTextResponse("alive\n")

    @app.get("/ready", include_in_schema=False)
    async def ready() -> PlainTextResponse:
        reason = state.reason
        return PlainTextResponse(f"not ready: {reason}\n", 503) if reason else PlainTextResponse("ready\n")

    @app.get("/metrics", include_in_schema=False)
    async def metrics() -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return app
