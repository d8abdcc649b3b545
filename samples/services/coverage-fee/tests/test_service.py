"""The service over a real connection."""

from __future__ import annotations

import os
import unittest
from pathlib import Path

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc
from prometheus_client import CollectorRegistry, generate_latest

from coverage_fee.model import LEAST, Model
from coverage_fee.service import NAME, create
from carsharing.coverage.v1 import coverage_fee_pb2 as pb
from carsharing.coverage.v1 import coverage_fee_pb2_grpc as pb_grpc

MODEL = Model.read(Path(os.environ["MODEL_FOLDER"]))


class ServiceTest(unittest.TestCase):
    def setUp(self) -> None:
        self.registry = CollectorRegistry()
        self.server, port, self.health = create(MODEL, "127.0.0.1:0", self.registry)
        self.server.start()
        self.addCleanup(lambda: self.server.stop(None).wait())
        self.channel = self.enterContext(grpc.insecure_channel(f"127.0.0.1:{port}"))
        self.stub = pb_grpc.CoverageFeeStub(self.channel)

    def quote(self, **changed: object) -> pb.QuoteReply:
        asked = {
            "driver_age": 34,
            "years_licensed": 9,
            "car_class": pb.CAR_CLASS_MIDSIZE,
            "minutes": 240,
            "expected_km": 60,
            "plan": pb.PLAN_STANDARD,
        }
        return self.stub.Quote(pb.QuoteRequest(**{**asked, **changed}), timeout=5)

    def refused(self, **changed: object) -> str:
        with self.assertRaises(grpc.RpcError) as caught:
            self.quote(**changed)
        self.assertEqual(caught.exception.code(), grpc.StatusCode.INVALID_ARGUMENT)
        return caught.exception.details()

    def test_more_cover_costs_more(self) -> None:
        fees = [self.quote(plan=it).fee_krw for it in (pb.PLAN_BASIC, pb.PLAN_STANDARD, pb.PLAN_FULL)]
        self.assertEqual(fees, sorted(set(fees)))
        self.assertGreaterEqual(fees[0], LEAST)
        self.assertEqual(self.quote().model, MODEL.digest[:19])

    def test_who_has_more_accidents_pays_more(self) -> None:
        usual, young, far = self.quote(), self.quote(driver_age=22, years_licensed=1), self.quote(expected_km=900)
        self.assertGreater(young.fee_krw, usual.fee_krw)
        self.assertGreater(far.fee_krw, usual.fee_krw)
        self.assertTrue(0 < usual.claim_probability < young.claim_probability < 1)

    def test_the_fee_covers_what_is_expected(self) -> None:
        it = self.quote(plan=pb.PLAN_FULL)
        self.assertGreater(it.fee_krw, it.claim_probability * it.expected_claim_krw)

    def test_names_the_field_its_value_and_what_is_allowed(self) -> None:
        self.assertEqual(self.refused(driver_age=20), "driver_age is 20: it must be 21 to 99")
        self.assertEqual(self.refused(minutes=0), "minutes is 0: it must be 10 to 43200")
        self.assertIn("expected_km is nan", self.refused(expected_km=float("nan")))
        self.assertIn("PLAN_FULL", self.refused(plan=pb.PLAN_UNSPECIFIED))
        self.assertIn("car_class is 77", self.refused(car_class=77))
        self.assertIn("nobody has a licence before 16", self.refused(driver_age=30, years_licensed=20))

    def test_health_follows_the_server(self) -> None:
        probe = health_pb2_grpc.HealthStub(self.channel)
        asked = health_pb2.HealthCheckRequest(service=NAME)
        self.assertEqual(probe.Check(asked).status, health_pb2.HealthCheckResponse.NOT_SERVING)
        self.health.set(NAME, health_pb2.HealthCheckResponse.SERVING)
        self.assertEqual(probe.Check(asked).status, health_pb2.HealthCheckResponse.SERVING)
        self.health.enter_graceful_shutdown()
        self.assertEqual(probe.Check(asked).status, health_pb2.HealthCheckResponse.NOT_SERVING)

    def test_counts_calls_by_code_and_no_probes(self) -> None:
        self.quote()
        self.refused(driver_age=1)
        health_pb2_grpc.HealthStub(self.channel).Check(health_pb2.HealthCheckRequest())
        told = generate_latest(self.registry).decode()
        labels = f'grpc_method="Quote",grpc_service="{NAME}"'
        self.assertIn(f'grpc_server_handled_total{{grpc_code="OK",{labels}}} 1.0', told)
        self.assertIn(f'grpc_server_handled_total{{grpc_code="INVALID_ARGUMENT",{labels}}} 1.0', told)
        self.assertNotIn("Check", told)

    def test_tells_which_pod_answered(self) -> None:
        call = self.stub.Quote.with_call(pb.QuoteRequest(driver_age=34, years_licensed=9, car_class=1, minutes=60, plan=1))[1]
        self.assertIn("served-by", dict(call.initial_metadata()))


if __name__ == "__main__":
    unittest.main()
