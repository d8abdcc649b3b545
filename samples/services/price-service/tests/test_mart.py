"""Reading the mart, from a server that speaks as BigQuery does."""

from __future__ import annotations

import json
import threading
import unittest
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

from price_service.mart import DAYS, PRIOR, MartUnavailable, Warehouse, demand


class BigQuery:
    """Gives prepared answers in turn, and keeps what it was asked."""

    def __init__(self, *answers: tuple[int, Any]) -> None:
        left = list(answers)
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        asked = self.asked

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                asked.append((self.command, self.path, dict(self.headers)))
                status, said = left.pop(0)
                content = said if isinstance(said, bytes) else json.dumps(said).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = answer

            def log_message(self, *_: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.warehouse = Warehouse("p", "US", "soda_store", f"http://127.0.0.1:{self.server.server_port}")

    def close(self) -> None:
        self.warehouse.session.close()
        self.server.shutdown()
        self.server.server_close()


def page(rows: list[tuple], token: str | None = None, complete: bool = True) -> tuple[int, dict]:
    said: dict[str, Any] = {"jobReference": {"jobId": "j1"}, "jobComplete": complete}
    if complete:
        said["rows"] = [{"f": [{"v": str(value)} for value in row]} for row in rows]
    if token:
        said["pageToken"] = token
    return 200, said


class MartTest(unittest.TestCase):
    def bigquery(self, *answers: tuple[int, Any]) -> BigQuery:
        server = BigQuery(*answers)
        self.addCleanup(server.close)
        return server

    def test_reads_all_pages_also_when_the_query_takes_its_time(self) -> None:
        server = self.bigquery(
            page([], complete=False),
            page([(1, 8, 56, "2026-03-31")], token="next"),
            page([(2, 9, 28, "2026-03-31")]),
        )

        read = server.warehouse.demand()

        self.assertEqual(read.pickups, {(1, 8): 56, (2, 9): 28})
        self.assertEqual(read.through.isoformat(), "2026-03-31")
        self.assertEqual([method for method, _, _ in server.asked], ["POST", "GET", "GET"])
        self.assertIn("/bigquery/v2/projects/p/queries/j1", server.asked[1][1])
        self.assertIn("pageToken=next", server.asked[2][1])

    def test_sends_a_stand_in_no_credential(self) -> None:
        server = self.bigquery(page([(1, 8, 56, "2026-03-31")]))
        server.warehouse.demand()
        self.assertNotIn("Authorization", server.asked[0][2])

    def test_says_what_bigquery_said(self) -> None:
        server = self.bigquery((404, {"error": {"message": "Not found: Table p:soda_store.zone_hourly_demand"}}))
        with self.assertRaisesRegex(MartUnavailable, "404: Not found: Table p:soda_store"):
            server.warehouse.demand()

    def test_says_so_when_something_else_answers(self) -> None:
        server = self.bigquery((502, b"<html>bad gateway"))
        with self.assertRaisesRegex(MartUnavailable, "502: <html>bad gateway"):
            server.warehouse.demand()

    def test_says_so_when_nobody_answers(self) -> None:
        server = self.bigquery()
        server.server.server_close()
        with self.assertRaisesRegex(MartUnavailable, "does not answer"):
            server.warehouse.demand()

    def test_an_empty_mart_is_not_built(self) -> None:
        server = self.bigquery(page([]))
        with self.assertRaisesRegex(MartUnavailable, "has not been built"):
            server.warehouse.demand()

    def test_demand_is_relative_to_the_average_of_zones_and_hours(self) -> None:
        read = demand([(1, 8, 24 * DAYS, "2026-03-31"), (2, 8, 24 * DAYS, "2026-03-31")])
        # one pickup a day in the average of two zones and 24 hours
        self.assertAlmostEqual(read.per_day(1, 8), 24)
        self.assertAlmostEqual(read.relative(1, 8), (24 + PRIOR) / (1 + PRIOR))
        self.assertAlmostEqual(read.relative(1, 3), PRIOR / (1 + PRIOR))


if __name__ == "__main__":
    unittest.main()
