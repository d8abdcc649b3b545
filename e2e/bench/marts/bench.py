"""python -m bench: marts on a control plane without a node and the local BigQuery; prints the report."""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import sys
import time
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from scaling.api import GROUP, Api
from scaling.operator import Operator
from scaling.resources import resource, warehouse

PROJECT = "naru-local"
SOURCE_ROWS = 100_000
NAMESPACES = [f"marts-{n}" for n in range(4)]
# so few tables that a run of them, and the same by hand, takes a minute at most
STATEMENTS = 12
FAR_AWAY = "0 4 1 1 *"


def say(text: str) -> None:
    print(f"  {text}", file=sys.stderr, flush=True)


class BigQuery:
    """The bare client: the two requests that every library makes for a statement, on one connection after the other."""

    def __init__(self, url: str) -> None:
        self._url = f"{url}/bigquery/v2/projects/{PROJECT}"

    def call(self, method: str, path: str, body: dict | None = None) -> dict:
        request = urllib.request.Request(
            self._url + path, json.dumps(body).encode() if body is not None else None, {"Content-Type": "application/json"}, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return json.loads(answer.read() or b"{}")
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{method} {path}: {error.code} {error.read().decode()[:600]}") from None

    def run(self, sql: str) -> None:
        """Submits a statement and waits for its end."""
        name = f"bare_{uuid.uuid4().hex}"
        query = {"query": sql, "useLegacySql": False}
        self.call("POST", "/jobs", {"jobReference": {"projectId": PROJECT, "jobId": name, "location": "US"}, "configuration": {"query": query}})
        while not self.call("GET", f"/queries/{name}?location=US&maxResults=0&timeoutMs=10000")["jobComplete"]:
            pass

    def has(self, dataset: str) -> bool:
        return any(it["datasetReference"]["datasetId"] == dataset for it in self.call("GET", "/datasets").get("datasets", []))

    def dataset(self, name: str) -> None:
        self.call("POST", "/datasets", {"datasetReference": {"projectId": PROJECT, "datasetId": name}, "location": "US"})

    def jobs(self, since: float, label: str) -> list[dict]:
        """Jobs since a moment that carry a label of a run, oldest first; statements of a script are no jobs of their own here."""
        found, token = [], ""
        while True:
            page = self.call(
                "GET", f"/jobs?maxResults=500&projection=full&minCreationTime={int(since * 1000)}" + (f"&pageToken={token}" if token else "")
            )
            found += page.get("jobs", [])
            token = page.get("nextPageToken", "")
            if not token:
                break
        those = [it for it in found if label in it["configuration"].get("labels", {}) and "parentJobId" not in it["statistics"]]
        return sorted(those, key=lambda it: int(it["statistics"]["creationTime"]))


def created(job: dict) -> float:
    return int(job["statistics"]["creationTime"]) / 1000


def ended(job: dict) -> float:
    return int(job["statistics"]["endTime"]) / 1000


def table(name: str, sql: str) -> dict:
    return {"name": name, "sql": {"inline": sql}}


def mart(name: str, tables: list[dict], cron: str = FAR_AWAY, parallelism: int = 4) -> dict:
    spec = {
        "warehouseRef": {"name": "main"},
        "dataset": {"name": name.replace("-", "_")},
        "schedule": {"cron": cron, "timeZone": "Etc/UTC"},
        "parallelism": parallelism,
        "tables": tables,
    }
    return resource("DataMart", name, spec)


def aggregate(number: int) -> str:
    return f"SELECT MOD(id, {number + 7}) AS bucket, COUNT(*) AS n, SUM(fee) AS fee FROM bench.source GROUP BY bucket"


@dataclass(frozen=True)
class Round:
    statements: int
    run: float  # seconds from the first job's creation to the last one's end
    bare: float
    load: float


class Bench:
    def __init__(self, api: Api, operator: Operator, bigquery: BigQuery) -> None:
        self.api = api
        self.operator = operator
        self.bigquery = bigquery

    def begin(self, url: str, storage: str) -> None:
        if not self.bigquery.has("bench"):
            self.bigquery.dataset("bench")
        self.bigquery.run(
            f"CREATE OR REPLACE TABLE bench.source AS SELECT id, MOD(id * 7919, 9973) AS fee, CONCAT('car ', CAST(MOD(id, 800) AS STRING)) AS car"
            f" FROM UNNEST(GENERATE_ARRAY(1, {SOURCE_ROWS})) AS id"
        )
        for namespace in NAMESPACES:
            self.api.call("POST", "/api/v1/namespaces", {"metadata": {"name": namespace}})
            self.api.call("POST", f"{GROUP}/namespaces/{namespace}/warehouses", warehouse(url, storage))

    def path(self, namespace: str, name: str = "") -> str:
        return f"{GROUP}/namespaces/{namespace}/datamarts" + (f"/{name}" if name else "")

    def create(self, namespace: str, body: dict) -> None:
        self.api.call("POST", self.path(namespace), body)

    def condition(self, one: dict, kind: str) -> bool:
        return any(it["type"] == kind and it["status"] == "True" for it in one.get("status", {}).get("conditions", []))

    def await_marts(self, what: str, count: int, holds, seconds: int = 900) -> float:
        begin = time.monotonic()
        while True:
            those = [it for namespace in NAMESPACES for it in self.api.items(self.path(namespace)) if holds(it)]
            if len(those) >= count:
                return time.monotonic() - begin
            if time.monotonic() > begin + seconds:
                raise RuntimeError(f"{what}: {len(those)} of {count} after {seconds} s")
            time.sleep(0.5)

    def succeeded(self, one: dict, run: str = "") -> bool:
        last = one.get("status", {}).get("lastRun", {})
        if last.get("result") == "Failed":
            raise RuntimeError(f"{one['metadata']['name']}: {last}")
        return last.get("result") == "Succeeded" and run in ("", one["status"].get("lastHandledRunRequest"))

    def request(self, namespace: str, name: str) -> str:
        token = uuid.uuid4().hex[:8]
        self.api.merge(self.path(namespace, name), {"metadata": {"annotations": {"naru.dev/run-requested-at": token}}})
        return token

    def end(self) -> None:
        """Leaves nothing behind for the next part."""
        for namespace in NAMESPACES:
            self.api.call("DELETE", f"/api/v1/namespaces/{namespace}")
        while any(it["metadata"]["name"] in NAMESPACES for it in self.api.items("/api/v1/namespaces")):
            time.sleep(0.5)

    # --- one run beside the bare client ----------------------------------------------------------------------

    def overhead(self, rounds: int) -> list[Round]:
        namespace, name = NAMESPACES[0], "overhead"
        self.create(namespace, mart(name, [table(f"t{n:02}", aggregate(n)) for n in range(STATEMENTS)], parallelism=1))
        self.await_marts("ready", 1, lambda it: it["metadata"]["name"] == name and self.condition(it, "Ready"))
        # the first run makes the tables; those that are measured replace their rows
        measured = []
        for number in range(rounds + 1):
            since = time.time()
            load = os.getloadavg()[0]
            token = self.request(namespace, name)
            self.await_marts("ran", 1, lambda it: it["metadata"]["name"] == name and self.succeeded(it, token))
            if number == 0:
                continue
            jobs = self.bigquery.jobs(since, "naru_run")
            run = max(map(ended, jobs)) - min(map(created, jobs))
            bare = self.bare([it["configuration"]["query"]["query"] for it in jobs])
            measured.append(Round(len(jobs), run, bare, load))
            say(f"{len(jobs)} statements: run {run:.2f} s, bare {bare:.2f} s, ratio {run / bare:.2f}")
        return measured

    def bare(self, statements: list[str]) -> float:
        """The same statements one after the other, under names that no run has used."""
        other = uuid.uuid4().hex
        begin = time.monotonic()
        for sql in statements:
            text = re.sub(r"mart_[0-9a-f]{16}_", f"mart_{other[:16]}_", sql)
            text = re.sub(r"'[0-9a-f]{32}'", f"'{other}'", text)
            # as if they were built now: no run has published since
            self.bigquery.run(re.sub(r"recorded_at > TIMESTAMP '[^']+'", "recorded_at > CURRENT_TIMESTAMP()", text))
        return time.monotonic() - begin

    # --- many marts of one minute ----------------------------------------------------------------------------

    def minute(self, count: int) -> dict[str, float]:
        idle = self.operator.resident()
        # time enough to create them; none runs before its first firing
        at = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(minutes=max(2, count // 25))
        cron = f"{at.minute} {at.hour} * * *"
        for number in range(count):
            body = mart(f"minute-{number:03}", [table("daily", aggregate(number))], cron=cron)
            self.create(NAMESPACES[number % len(NAMESPACES)], body)
        ready = self.await_marts("ready", count, lambda it: it["metadata"]["name"].startswith("minute-") and self.condition(it, "Ready"))
        left = at.timestamp() - time.time()
        say(f"{count} marts ready; {left:.0f} s to their firing")
        if left < 0:
            raise RuntimeError("the machine is too slow: marts became ready after their firing")
        before = self.operator.resident()
        time.sleep(max(0.0, left))
        self.await_marts("ran", count, lambda it: it["metadata"]["name"].startswith("minute-") and self.succeeded(it))
        jobs = self.bigquery.jobs(at.timestamp(), "naru_run")
        firsts: dict[str, float] = {}
        for job in jobs:
            firsts.setdefault(job["configuration"]["labels"]["naru_name"], created(job))
        if len(firsts) != count:
            raise RuntimeError(f"{len(firsts)} marts submitted something, not {count}")
        submitted = sorted(it - at.timestamp() for it in firsts.values())
        return {
            "idle": idle, "ready": before, "peak": self.operator.peak(), "seconds to Ready": ready,
            "first": submitted[0], "half": statistics.median(submitted), "all": submitted[-1],
            "published": max(map(ended, jobs)) - at.timestamp(), "load": os.getloadavg()[0],
        }

    # --- one mart of many tables -----------------------------------------------------------------------------

    def wide(self, count: int) -> dict[str, float]:
        namespace, name = NAMESPACES[0], "wide"
        # ten that read the source, and ten layers of readers above them
        tables = [
            table(f"t{n:03}", aggregate(n) if n < 10 else f"SELECT bucket, n + 1 AS n, fee FROM wide.t{n - 10:03}") for n in range(count)
        ]
        self.create(namespace, mart(name, tables, parallelism=8))
        ready = self.await_marts("ready", 1, lambda it: it["metadata"]["name"] == name and self.condition(it, "Ready"))
        since = time.time()
        token = self.request(namespace, name)
        self.await_marts("ran", 1, lambda it: it["metadata"]["name"] == name and self.succeeded(it, token))
        jobs = self.bigquery.jobs(since, "naru_run")
        size = len(json.dumps(self.api.get(self.path(namespace, name))["status"]))
        return {
            "ready": ready, "statements": len(jobs), "run": max(map(ended, jobs)) - min(map(created, jobs)),
            "status": size, "peak": self.operator.peak(), "load": os.getloadavg()[0],
        }


def overhead_section(rounds: list[Round]) -> list[str]:
    ratios = [it.run / it.bare for it in rounds]
    each = [(it.run - it.bare) / it.statements * 1000 for it in rounds]
    return [
        "## A run beside the bare client", "",
        f"One mart of {STATEMENTS} tables, `parallelism: 1`, published together. The run is timed from the creation of its first job to the end of"
        " its last; then the very statements that it submitted (builds and publishes, their guards and ledger rows included) are submitted again"
        " by the bare client, one after the other: `jobs.insert`, then `jobs.getQueryResults` until it is complete.", "",
        "| round | statements | run s | bare s | ratio | more per statement, ms | load average before |", "|---|---|---|---|---|---|---|",
        *(
            f"| {n} | {it.statements} | {it.run:.2f} | {it.bare:.2f} | {it.run / it.bare:.2f} | {(it.run - it.bare) / it.statements * 1000:.0f} | {it.load:.1f} |"
            for n, it in enumerate(rounds, 1)
        ), "",
        f"Median: **{statistics.median(ratios):.2f}** times the bare client, {statistics.median(each):.0f} ms more per statement.",
    ]


def minute_section(found: dict[str, float], marts: int, limit: str) -> list[str]:
    return [
        f"## {marts} marts scheduled at one minute", "",
        f"Each of one table, in {len(NAMESPACES)} namespaces. Seconds after the minute began; a firing is looked at one second into it. The heap is half of {limit}.", "",
        "| first submitted | half | all submitted | all published | resident MB idle | with all Ready | peak | load average |", "|---|---|---|---|---|---|---|---|",
        f"| {found['first']:.1f} | {found['half']:.1f} | {found['all']:.1f} | {found['published']:.1f} | {found['idle']:.0f} |"
        f" {found['ready']:.0f} | {found['peak']:.0f} | {found['load']:.1f} |",
    ]


def wide_section(found: dict[str, float], tables: int) -> list[str]:
    return [
        f"## A mart of {tables} tables", "",
        "Ten that read the source, the others in layers above them; `parallelism: 8`.", "",
        "| Ready after, s | statements | run s | bytes of status | peak MB | load average |", "|---|---|---|---|---|---|",
        f"| {found['ready']:.1f} | {found['statements']:.0f} | {found['run']:.1f} | {found['status']:,.0f} | {found['peak']:.0f} | {found['load']:.1f} |",
    ]


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench")
    parser.add_argument("--part", choices=("overhead", "minute", "wide"), required=True)
    for name in ("kubectl", "jcmd", "bigquery", "storage"):
        parser.add_argument(f"--{name}", required=True)
    for name in ("image", "kubeconfig", "deployment", "audit-log", "log"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    for name in ("rounds", "marts", "tables"):
        parser.add_argument(f"--{name}", type=int, required=True)
    asked = parser.parse_args()
    api = Api(asked.kubectl)
    operator = Operator(asked.image, json.loads(asked.deployment.read_text()), asked.kubeconfig, asked.jcmd, asked.log)
    bench = Bench(api, operator, BigQuery(asked.bigquery))
    try:
        bench.begin(asked.bigquery, asked.storage)
        operator.start()
        match asked.part:
            case "overhead":
                lines = overhead_section(bench.overhead(asked.rounds))
            case "minute":
                lines = minute_section(bench.minute(asked.marts), asked.marts, operator.limit)
            case _:
                lines = wide_section(bench.wide(asked.tables), asked.tables)
        bench.end()
    finally:
        operator.kill()
        api.close()
    print("\n".join(["", *lines]))


if __name__ == "__main__":
    main()
