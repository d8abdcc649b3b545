"""The service as its clients see it."""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
import threading
import unittest
from datetime import date
from pathlib import Path

from fastapi.testclient import TestClient

from price_service.app import create
from price_service.mart import DAYS, Demand, MartUnavailable
from price_service.model import HIGHEST, LOWEST, Model
from serving.state import State

MODEL = Model.read(Path(os.environ["MODEL_FOLDER"]))
MONDAY_EIGHT = "2026-03-30T08:00:00+09:00"


def day(through: str, busy: int = 10) -> Demand:
    """Zone 1 is busy at eight, zone 2 hardly ever."""
    pickups = {(zone, hour): DAYS for zone in (1, 2) for hour in range(24)}
    pickups[1, 8] = busy * DAYS
    return Demand(date.fromisoformat(through), pickups, frozenset((1, 2)))


class Mart:
    """Gives what the test has set."""

    def __init__(self) -> None:
        self.now: Demand | None = None

    def __call__(self) -> Demand:
        if self.now is None:
            raise MartUnavailable("table zone_hourly_demand was not found")
        return self.now


class AppTest(unittest.TestCase):
    pause = threading.Event()  # never set: waits

    def setUp(self) -> None:
        log = logging.getLogger("uvicorn.error")
        self.addCleanup(log.setLevel, log.level)
        log.setLevel(logging.ERROR)  # a mart that cannot be read is what these tests are about
        self.mart = Mart()
        self.state = State("the mart has not been read yet")

    def client(self) -> TestClient:
        return self.enterContext(TestClient(create(MODEL, self.mart, 0.05, self.state)))

    def ready(self) -> TestClient:
        self.mart.now = day("2026-03-29")
        client = self.client()
        self.until(lambda: client.get("/ready").status_code == 200)
        return client

    def until(self, holds) -> None:
        for _ in range(400):
            if holds():
                return
            self.pause.wait(0.01)
        self.fail("not within 4 s")

    def price(self, client: TestClient, **changed: object) -> dict:
        asked = {"zone_id": 1, "pickup_at": MONDAY_EIGHT, "minutes": 120, "hourly_rate": 8000, **changed}
        answer = client.get("/v1/price", params=asked)
        self.assertEqual(answer.status_code, 200, answer.text)
        return answer.json()

    def test_is_alive_but_not_ready_before_the_mart_was_read(self) -> None:
        client = self.client()
        self.assertEqual(client.get("/live").status_code, 200)
        self.until(lambda: "table zone_hourly_demand was not found" in client.get("/ready").text)
        self.assertEqual(client.get("/ready").status_code, 503)
        asked = {"zone_id": 1, "pickup_at": MONDAY_EIGHT, "minutes": 120, "hourly_rate": 8000}
        self.assertEqual(client.get("/v1/price", params=asked).status_code, 503)

        self.mart.now = day("2026-03-29")
        self.until(lambda: client.get("/ready").status_code == 200)

    def test_demand_moves_the_price(self) -> None:
        client = self.ready()
        busy, quiet = self.price(client), self.price(client, zone_id=2)
        self.assertGreater(busy["price"], quiet["price"])
        self.assertEqual(busy["demand"]["pickups_per_day"], 10)
        self.assertEqual(busy["demand"]["data_through"], "2026-03-29")
        self.assertEqual(busy["model"], MODEL.digest[:19])
        self.assertAlmostEqual(busy["price"], 8000 * 2 * busy["factor"], delta=10)

    def test_the_hour_is_that_of_seoul(self) -> None:
        client = self.ready()
        self.assertEqual(self.price(client, pickup_at="2026-03-29T23:00:00Z"), self.price(client))

    def test_the_factor_stays_within_bounds(self) -> None:
        self.mart.now = day("2026-03-29", busy=1_000_000)
        client = self.client()
        self.until(lambda: client.get("/ready").status_code == 200)
        self.assertEqual(self.price(client)["factor"], HIGHEST)
        self.assertGreaterEqual(self.price(client, zone_id=2)["factor"], LOWEST)

    def test_follows_the_mart_and_keeps_what_it_has_when_that_is_gone(self) -> None:
        client = self.ready()
        before = self.price(client)
        self.mart.now = day("2026-03-30", busy=20)
        self.until(lambda: self.price(client)["demand"]["data_through"] == "2026-03-30")
        self.assertGreater(self.price(client)["price"], before["price"])
        self.mart.now = None
        self.pause.wait(0.3)
        self.assertEqual(client.get("/ready").status_code, 200)
        self.assertEqual(self.price(client)["demand"]["data_through"], "2026-03-30")

    def test_names_what_a_client_must_mend(self) -> None:
        client = self.ready()
        asked = {"zone_id": 9, "pickup_at": MONDAY_EIGHT, "minutes": 120, "hourly_rate": 8000}
        answer = client.get("/v1/price", params=asked)
        self.assertEqual(answer.status_code, 404)
        self.assertIn("zone_id=9", answer.json()["detail"])
        for field, value in (("minutes", 1), ("pickup_at", "2026-03-30T08:00:00"), ("hourly_rate", 1)):
            answer = client.get("/v1/price", params={**asked, field: value})
            self.assertEqual(answer.status_code, 422)
            self.assertEqual(answer.json()["detail"][0]["loc"], ["query", field])

    def test_counts_requests_by_route_and_no_probes(self) -> None:
        client = self.ready()
        self.price(client)
        client.get("/v1/price")
        client.get("/nothing/here")
        told = client.get("/metrics").text
        self.assertIn('http_requests_total{code="200",method="GET",path="/v1/price"} 1.0', told)
        self.assertIn('http_requests_total{code="422",method="GET",path="/v1/price"} 1.0', told)
        self.assertIn('http_request_duration_seconds_count{method="GET",path="/v1/price"} 2.0', told)
        self.assertNotIn("/ready", told)
        self.assertNotIn("/nothing", told)

    def test_says_who_answered_and_asks_clients_to_go_when_it_ends(self) -> None:
        client = self.ready()
        before = client.get("/live")
        self.assertIn("served-by", before.headers)
        self.assertNotEqual(before.headers.get("connection"), "close")
        self.state.drain()
        self.assertEqual(client.get("/ready").status_code, 503)
        asked = {"zone_id": 1, "pickup_at": MONDAY_EIGHT, "minutes": 120, "hourly_rate": 8000}
        self.assertEqual(client.get("/v1/price", params=asked).headers["connection"], "close")


class ModelTest(unittest.TestCase):
    def test_refuses_a_model_that_was_trained_on_something_else(self) -> None:
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        content = (Path(os.environ["MODEL_FOLDER"]) / "price.json").read_text()
        (folder / "price.json").write_text(content.replace("log_demand", "demand"))
        with self.assertRaisesRegex(ValueError, "must be of one release"):
            Model.read(folder)
        shutil.copy(Path(os.environ["MODEL_FOLDER"]) / "price.json", folder)
        self.assertEqual(Model.read(folder), MODEL)


if __name__ == "__main__":
    unittest.main()
