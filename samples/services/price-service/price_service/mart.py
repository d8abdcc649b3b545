"""Reads the demand of zones by hour from the mart, over BigQuery's REST interface."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import google.auth
import google.auth.transport.requests
import requests

DAYS = 28  # as far back as demand is looked at
PRIOR = 0.5  # pickups a day that every zone and hour is taken to have: rare ones do not swing the price
SECONDS = 60  # an answer of the warehouse may take

QUERY = f"""
WITH newest AS (SELECT MAX(day) AS day FROM `{{dataset}}.zone_hourly_demand`)
SELECT d.zone_id, d.hour, SUM(d.pickups) AS pickups, CAST(MAX(newest.day) AS STRING) AS through
FROM `{{dataset}}.zone_hourly_demand` AS d CROSS JOIN newest
WHERE d.day > DATE_SUB(newest.day, INTERVAL {DAYS} DAY)
GROUP BY d.zone_id, d.hour
"""


class MartUnavailable(Exception):
    """The mart cannot be read now; the message says why."""


@dataclass(frozen=True)
class Demand:
    """Pickups of the last DAYS days by zone and hour of the day."""

    through: date
    pickups: Mapping[tuple[int, int], int]
    zones: frozenset[int]

    def per_day(self, zone_id: int, hour: int) -> float:
        return self.pickups.get((zone_id, hour), 0) / DAYS

    def relative(self, zone_id: int, hour: int) -> float:
        """The demand here and at this hour, of that of the average zone and hour: 1 is average."""
        average = sum(self.pickups.values()) / (DAYS * 24 * len(self.zones))
        return (self.per_day(zone_id, hour) + PRIOR) / (average + PRIOR)


def demand(rows: list[tuple[int, int, int, str]]) -> Demand:
    if not rows:
        raise MartUnavailable("zone_hourly_demand has no rows: the mart has not been built yet")
    pickups = {(zone, hour): count for zone, hour, count, _ in rows}
    return Demand(date.fromisoformat(rows[0][3]), pickups, frozenset(zone for zone, _ in pickups))


class Warehouse:
    """A BigQuery, or the local stand-in for one, which is never sent a credential."""

    def __init__(self, project: str, location: str, dataset: str, endpoint: str | None) -> None:
        self.jobs = f"{endpoint or 'https://bigquery.googleapis.com'}/bigquery/v2/projects/{project}/queries"
        self.location = location
        self.dataset = dataset
        self.session = requests.Session() if endpoint else authorized()

    @classmethod
    def of_environment(cls) -> Warehouse:
        missing = [name for name in ("BIGQUERY_PROJECT", "MART_DATASET") if not os.environ.get(name)]
        if missing:
            raise SystemExit(f"{' and '.join(missing)} must be set: the project that pays for queries, and the mart's dataset")
        environment = os.environ
        return cls(
            environment["BIGQUERY_PROJECT"],
            environment.get("BIGQUERY_LOCATION", "US"),
            environment["MART_DATASET"],
            environment.get("BIGQUERY_ENDPOINT") or None,
        )

    def demand(self) -> Demand:
        try:
            return demand([(int(z), int(h), int(p), t) for z, h, p, t in self.rows(QUERY.format(dataset=self.dataset))])
        except (requests.RequestException, google.auth.exceptions.GoogleAuthError) as e:
            raise MartUnavailable(f"{self.jobs} does not answer: {e}") from e

    def rows(self, query: str) -> Iterator[list[str]]:
        answer = self.answer(
            self.session.post(
                self.jobs,
                json={"query": query, "useLegacySql": False, "location": self.location, "timeoutMs": 30_000, "maxResults": 10_000},
                timeout=SECONDS,
            )
        )
        job = answer["jobReference"]["jobId"]
        while True:
            if answer["jobComplete"]:
                for row in answer.get("rows", []):
                    yield [cell["v"] for cell in row["f"]]
                if "pageToken" not in answer:
                    return
            answer = self.answer(
                self.session.get(
                    f"{self.jobs}/{job}",
                    params={"location": self.location, "timeoutMs": 30_000, "maxResults": 10_000, "pageToken": answer.get("pageToken")},
                    timeout=SECONDS,
                )
            )

    @staticmethod
    def answer(response: requests.Response) -> dict:
        if response.ok:
            return response.json()
        try:
            said = response.json()["error"]["message"]
        except (ValueError, KeyError, TypeError):
            said = response.text[:300]
        raise MartUnavailable(f"BigQuery answers {response.status_code}: {said}")


def authorized() -> requests.Session:
    """As the pod's own Google account."""
    credentials, _ = google.auth.default(scopes=["https://www.googleapis.com/auth/bigquery.readonly"])
    return google.auth.transport.requests.AuthorizedSession(credentials)
