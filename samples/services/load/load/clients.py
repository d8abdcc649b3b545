"""One client each: a connection that is kept, or a new one for every request. Nothing is tried twice."""

from __future__ import annotations

import http.client
import time
import uuid
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from load.report import Report

DEADLINE = 10.0  # seconds; an answer that takes longer is a failure


class Client(Protocol):
    """Sends one request after another."""

    def send(self, report: Report) -> None: ...

    def close(self) -> None: ...


class Http:
    """GET of a URL, or POST of a file as a form."""

    def __init__(self, url: str, photo: Path | None, keep: bool, host: str | None) -> None:
        self.url = urlsplit(url)
        self.target = (self.url.path or "/") + (f"?{self.url.query}" if self.url.query else "")
        self.keep = keep
        self.headers = {"Host": host or self.url.netloc}
        self.body: bytes | None = None
        self.connection: http.client.HTTPConnection | None = None
        if photo is not None:
            boundary = uuid.uuid4().hex
            head = f'--{boundary}\r\nContent-Disposition: form-data; name="photo"; filename="{photo.name}"\r\nContent-Type: image/jpeg\r\n\r\n'
            self.body = head.encode() + photo.read_bytes() + f"\r\n--{boundary}--\r\n".encode()
            self.headers["Content-Type"] = f"multipart/form-data; boundary={boundary}"

    def send(self, report: Report) -> None:
        begin = time.perf_counter()
        if self.connection is None:
            self.connection = http.client.HTTPConnection(self.url.hostname or "", self.url.port, timeout=DEADLINE)
        try:
            self.connection.request("GET" if self.body is None else "POST", self.target, self.body, self.headers)
            answer = self.connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException) as e:
            report.failed(f"{type(e).__name__}: {e}")
            self.close()
            return
        report.answered(str(answer.status), answer.status < 400, answer.headers.get("served-by", ""), time.perf_counter() - begin)
        if not self.keep or answer.will_close:
            self.close()

    def close(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None


class Grpc:
    """A quote for the same ride again and again."""

    def __init__(self, target: str, keep: bool, host: str | None) -> None:
        import grpc
        from carsharing.coverage.v1 import coverage_fee_pb2 as pb
        from carsharing.coverage.v1 import coverage_fee_pb2_grpc as pb_grpc

        self.grpc = grpc
        self.stub = pb_grpc.CoverageFeeStub
        self.target = target
        self.keep = keep
        # a channel of its own for each client, or all would share one connection
        self.options = [("grpc.use_local_subchannel_pool", 1), ("grpc.enable_retries", 0)]
        if host:
            self.options.append(("grpc.default_authority", host))
        self.channel: grpc.Channel | None = None
        self.request = pb.QuoteRequest(
            driver_age=34, years_licensed=9, car_class=pb.CAR_CLASS_MIDSIZE, minutes=240, expected_km=60, plan=pb.PLAN_STANDARD
        )

    def send(self, report: Report) -> None:
        begin = time.perf_counter()
        if self.channel is None:
            self.channel = self.grpc.insecure_channel(self.target, self.options)
        try:
            call = self.stub(self.channel).Quote.with_call(self.request, timeout=DEADLINE)[1]
        except self.grpc.RpcError as e:
            report.failed(f"{e.code().name}: {e.details()}")
        else:
            metadata = dict(call.initial_metadata())
            report.answered("OK", True, str(metadata.get("served-by", "")), time.perf_counter() - begin)
        if not self.keep:
            self.close()

    def close(self) -> None:
        if self.channel is not None:
            self.channel.close()
            self.channel = None
