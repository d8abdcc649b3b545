"""The local BigQuery and its bucket store over plain HTTP: queries, and tables extracted as Parquet."""

from __future__ import annotations

import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Field:
    name: str
    type: str
    repeated: bool


@dataclass(frozen=True)
class BigQuery:
    project: str

    def fields(self, dataset: str, table: str) -> list[Field]:
        found = self._call("GET", f"datasets/{dataset}/tables/{table}")
        return [Field(f["name"], f["type"], f.get("mode") == "REPEATED") for f in found["schema"]["fields"]]

    def query(self, sql: str) -> list[list]:
        answer = self._call("POST", "queries", {"query": sql, "useLegacySql": False, "timeoutMs": 120_000})
        if not answer.get("jobComplete"):
            sys.exit(f"the query was not done after 120 s: {sql}")
        return [[cell["v"] for cell in row["f"]] for row in answer.get("rows", [])]

    def extract(self, dataset: str, table: str, bucket: str, folder: Path) -> list[Path]:
        """Extracts the table into the bucket, then copies the files here and removes them there."""
        prefix = f"verify/{uuid.uuid4()}/"
        self._run_job({"extract": {
            "sourceTable": {"projectId": self.project, "datasetId": dataset, "tableId": table},
            "destinationUris": [f"gs://{bucket}/{prefix}part-*.parquet"], "destinationFormat": "PARQUET",
        }})
        files = []
        for item in _storage("GET", f"b/{bucket}/o?prefix={prefix}").get("items", []):
            name = urllib.parse.quote(item["name"], safe="")
            file = folder / f"{dataset}.{table}.{len(files)}.parquet"
            file.write_bytes(_http("GET", _environment("NARU_STORAGE_URL") + f"/storage/v1/b/{bucket}/o/{name}?alt=media"))
            _storage("DELETE", f"b/{bucket}/o/{name}")
            files.append(file)
        return files

    def _run_job(self, configuration: dict) -> None:
        job = self._call("POST", "jobs", {"configuration": configuration})
        while job["status"]["state"] != "DONE":
            time.sleep(0.2)
            job = self._call("GET", f"jobs/{job['jobReference']['jobId']}")
        if error := job["status"].get("errorResult"):
            sys.exit(f"BigQuery: {error.get('message')} ({error.get('reason')}) in {json.dumps(configuration)}")

    def _call(self, method: str, path: str, body: dict | None = None) -> dict:
        url = f"{_environment('NARU_BIGQUERY_URL')}/bigquery/v2/projects/{self.project}/{path}"
        return json.loads(_http(method, url, body) or b"{}")


def _storage(method: str, path: str) -> dict:
    return json.loads(_http(method, f"{_environment('NARU_STORAGE_URL')}/storage/v1/{path}") or b"{}")


def _http(method: str, url: str, body: dict | None = None) -> bytes:
    request = urllib.request.Request(
        url, method=method, data=None if body is None else json.dumps(body).encode(), headers={"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=180) as answer:
            return answer.read()
    except urllib.error.HTTPError as error:
        sys.exit(f"{method} {url}: {error.code} {error.read().decode()[:500]}")
    except urllib.error.URLError as error:
        sys.exit(f"{method} {url}: {error.reason}; is the local BigQuery up? (e2e/warehouse/up)")


def _environment(name: str) -> str:
    return (os.environ.get(name) or sys.exit(f"{name} is not set: source .local/env")).rstrip("/")
