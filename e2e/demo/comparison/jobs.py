"""The IngestionJobs of a namespace, read with kubectl; nothing about tables is known here beforehand."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass


@dataclass(frozen=True)
class Job:
    name: str
    engine: str  # PostgreSQL | MySQL
    schema: str
    table: str
    excluded: list[str]
    filter: str | None
    primary_key: list[str]
    incremental: bool
    project: str
    dataset: str
    target: str
    staging_bucket: str


def kubectl(*arguments: str) -> dict:
    done = subprocess.run(["kubectl", *arguments, "-o", "json"], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"kubectl {' '.join(arguments)}: {done.stderr.strip()}")
    return json.loads(done.stdout)


def read_jobs(namespace: str, names: list[str]) -> list[Job]:
    connections = {c["metadata"]["name"]: c["spec"] for c in kubectl("get", "connections.naru.dev", "-n", namespace)["items"]}
    warehouses = {w["metadata"]["name"]: w["spec"]["bigQuery"] for w in kubectl("get", "warehouses.naru.dev", "-n", namespace)["items"]}
    resources = {j["metadata"]["name"]: j["spec"] for j in kubectl("get", "ingestionjobs.naru.dev", "-n", namespace)["items"]}
    if unknown := set(names) - set(resources):
        sys.exit(f"there is no IngestionJob {', '.join(sorted(unknown))} in namespace {namespace}; there are {', '.join(sorted(resources)) or 'none'}")
    if not resources:
        sys.exit(f"there is no IngestionJob in namespace {namespace} (KUBECONFIG is {os.environ.get('KUBECONFIG', 'not set; source .local/env')})")
    return [_job(name, resources[name], connections, warehouses) for name in sorted(names or resources)]


def _job(name: str, spec: dict, connections: dict, warehouses: dict) -> Job:
    source, destination = spec["source"], spec["destination"]
    connection = connections[source["connectionRef"]["name"]]
    warehouse = warehouses[destination["warehouseRef"]["name"]]
    database = connection["postgresql" if connection["type"] == "PostgreSQL" else "mysql"]["database"]
    return Job(
        name, connection["type"],
        source["table"].get("schema", database if connection["type"] == "MySQL" else "public"), source["table"]["name"],
        source.get("columns", {}).get("exclude", []), source.get("filter"),
        spec.get("primaryKey", []), spec["load"]["mode"] == "Incremental",
        warehouse["project"], destination["dataset"], destination["table"], warehouse["stagingBucket"].removeprefix("gs://").split("/")[0],
    )
