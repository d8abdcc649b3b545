"""The gRPC service: quotes, health, metrics, and an end that loses no call."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from prometheus_client import CollectorRegistry, Counter, Histogram, start_http_server

from coverage_fee.model import CLASSES, OWN_SHARE, Model, Ride
from carsharing.coverage.v1 import coverage_fee_pb2 as pb
from carsharing.coverage.v1 import coverage_fee_pb2_grpc as pb_grpc

BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2)
NAME = "carsharing.coverage.v1.CoverageFee"
POD = os.environ.get("HOSTNAME") or socket.gethostname()
RANGES = (("driver_age", 21, 99), ("years_licensed", 0, 80), ("minutes", 10, 43_200), ("expected_km", 0, 20_000))


class InvalidRequest(Exception):
    """A field that a client must mend; the message names it, its value and what is allowed."""


def checked(request: pb.QuoteRequest) -> tuple[Ride, str]:
    for field, lowest, highest in RANGES:
        value = getattr(request, field)
        if not lowest <= value <= highest:
            raise InvalidRequest(f"{field} is {value:g}: it must be {lowest} to {highest}")
    if request.years_licensed > request.driver_age - 16:
        raise InvalidRequest(f"years_licensed is {request.years_licensed} for a driver_age of {request.driver_age}: nobody has a licence before 16")
    car_class = pb.CarClass.Name(request.car_class).removeprefix("CAR_CLASS_") if request.car_class in pb.CarClass.values() else ""
    if car_class not in CLASSES:
        raise InvalidRequest(f"car_class is {request.car_class}: it must be one of {', '.join('CAR_CLASS_' + it for it in CLASSES)}")
    plan = pb.Plan.Name(request.plan).removeprefix("PLAN_") if request.plan in pb.Plan.values() else ""
    if plan not in OWN_SHARE:
        raise InvalidRequest(f"plan is {request.plan}: it must be one of {', '.join('PLAN_' + it for it in OWN_SHARE)}")
    return Ride(request.driver_age, request.years_licensed, car_class, request.minutes, request.expected_km), plan


class CoverageFee(pb_grpc.CoverageFeeServicer):
    """Quotes from a model."""

    def __init__(self, model: Model) -> None:
        self.model = model

    def Quote(self, request: pb.QuoteRequest, context: grpc.ServicerContext) -> pb.QuoteReply:
        try:
            ride, plan = checked(request)
        except InvalidRequest as e:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(e))
        quote = self.model.quote(ride, plan)
        return pb.QuoteReply(
            fee_krw=quote.fee,
            claim_probability=quote.claim_probability,
            expected_claim_krw=quote.expected_claim,
            model=self.model.digest[:19],
        )


class Measured(grpc.ServerInterceptor):
    """Counts and times every call that is not a probe's, and tells which pod answered."""

    def __init__(self, registry: CollectorRegistry) -> None:
        labels = ["grpc_service", "grpc_method"]
        self.calls = Counter("grpc_server_handled", "Answered calls", [*labels, "grpc_code"], registry=registry)
        self.seconds = Histogram("grpc_server_handling_seconds", "Time to answer", labels, buckets=BUCKETS, registry=registry)

    def intercept_service(self, continuation: Callable, details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler | None:
        handler = continuation(details)
        service, method = details.method.lstrip("/").split("/", 1)
        if handler is None or service != NAME:
            return handler

        def measured(request: object, context: grpc.ServicerContext) -> object:
            begin = time.perf_counter()
            code = grpc.StatusCode.UNKNOWN
            context.send_initial_metadata((("served-by", POD),))
            try:
                reply = handler.unary_unary(request, context)
                code = grpc.StatusCode.OK
                return reply
            except Exception:
                # abort raises too, and has noted why before
                code = context.code() or code
                raise
            finally:
                self.calls.labels(service, method, code.name).inc()
                self.seconds.labels(service, method).observe(time.perf_counter() - begin)

        return grpc.unary_unary_rpc_method_handler(
            measured, request_deserializer=handler.request_deserializer, response_serializer=handler.response_serializer
        )


def create(model: Model, address: str, registry: CollectorRegistry) -> tuple[grpc.Server, int, health.HealthServicer]:
    """A server that has not begun; its port, and its health, which says NOT_SERVING until told otherwise."""
    server = grpc.server(
        ThreadPoolExecutor(max_workers=8),
        interceptors=[Measured(registry)],
        options=[
            # clients come back after a minute, and so find pods that are newer than their connection
            ("grpc.max_connection_age_ms", 60_000),
            ("grpc.max_connection_age_grace_ms", 30_000),
            ("grpc.max_receive_message_length", 64 * 1024),
            ("grpc.so_reuseport", 0),
        ],
    )
    pb_grpc.add_CoverageFeeServicer_to_server(CoverageFee(model), server)
    probes = health.HealthServicer()
    for name in ("", NAME):
        probes.set(name, health_pb2.HealthCheckResponse.NOT_SERVING)
    health_pb2_grpc.add_HealthServicer_to_server(probes, server)
    return server, server.add_insecure_port(address), probes


def run(model: Model) -> None:
    """Serves until SIGTERM: then health says no, connections are asked to go, and calls that were taken are answered."""
    registry = CollectorRegistry()
    server, port, probes = create(model, f"[::]:{os.environ.get('PORT', '9000')}", registry)
    start_http_server(int(os.environ.get("METRICS_PORT", "9100")), registry=registry)
    end = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: end.set())
    signal.signal(signal.SIGINT, lambda *_: end.set())
    server.start()
    for name in ("", NAME):
        probes.set(name, health_pb2.HealthCheckResponse.SERVING)
    print(f"serving {model.digest[:19]} on port {port}", flush=True)
    end.wait()
    probes.enter_graceful_shutdown()
    print("ending: no new calls", flush=True)
    server.stop(grace=float(os.environ.get("SHUTDOWN_SECONDS", "25"))).wait()
