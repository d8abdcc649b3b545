"""python -m scaling.node: what the operator's container holds on a real node, as its memory limit counts it."""

from __future__ import annotations

import argparse
import re
import sys
import time
from datetime import datetime
from pathlib import Path

from .api import Api
from .resources import Company

PODS = "/api/v1/namespaces/naru-system/pods"
SELECTOR = "labelSelector=app.kubernetes.io/name%3Dnaru"


def operator(api: Api) -> dict:
    """The one pod, once it is ready."""
    for _ in range(600):
        pods = [it for it in api.items(f"{PODS}?{SELECTOR}") if "deletionTimestamp" not in it["metadata"]]
        if len(pods) == 1 and any(c["type"] == "Ready" and c["status"] == "True" for c in pods[0].get("status", {}).get("conditions", [])):
            return pods[0]
        time.sleep(0.2)
    raise RuntimeError("the operator's pod is not ready after two minutes")


def container(pod: dict) -> Path:
    """Its control group."""
    name = pod["status"]["containerStatuses"][0]["containerID"].split("//")[1]
    found = [it for root in ("/sys/fs/cgroup/memory", "/sys/fs/cgroup") for it in Path(root).rglob(f"*{name}*") if it.is_dir()]
    if not found:
        raise RuntimeError(f"no control group of container {name}")
    return found[0]


def memory(group: Path) -> tuple[float, float, float]:
    """MB: of its own, working set as `kubectl top` shows it, and the highest the limit has seen."""
    first = group / "memory.current"
    usage, peak, own, idle = ("current", "peak", "anon", "inactive_file") if first.exists() else ("usage_in_bytes", "max_usage_in_bytes", "total_rss", "total_inactive_file")
    stat = (group / "memory.stat").read_text()
    value = {key: int(re.search(rf"^{key} (\d+)", stat, re.M)[1]) for key in (own, idle)}
    used = int((group / f"memory.{usage}").read_text())
    return tuple(it / (1 << 20) for it in (value[own], used - value[idle], int((group / f"memory.{peak}").read_text())))


def seconds_to_ready(pod: dict) -> float:
    """From the start of the container; the API server tells whole seconds."""
    ready = next(c["lastTransitionTime"] for c in pod["status"]["conditions"] if c["type"] == "Ready")
    began = pod["status"]["containerStatuses"][0]["state"]["running"]["startedAt"]
    return (datetime.fromisoformat(ready) - datetime.fromisoformat(began)).total_seconds()


def main() -> None:
    parser = argparse.ArgumentParser(prog="scaling.node")
    for name in ("kubectl", "bigquery", "storage", "host", "user", "password"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--jobs", type=int, default=200)
    asked = parser.parse_args()
    api = Api(asked.kubectl)
    company = Company(api)
    rows = []

    def measure() -> None:
        time.sleep(15)  # the last writes and their echo
        pod = operator(api)
        own, working, peak = memory(container(pod))
        rows.append(f"| {company.jobs} | {own:.0f} | {working:.0f} | {peak:.0f} | {seconds_to_ready(pod):.0f} s |")
        print(f"  {company.jobs} jobs: {own:.0f} MB own, {working:.0f} MB working set, {peak:.0f} MB peak", file=sys.stderr, flush=True)

    try:
        limit = operator(api)["spec"]["containers"][0]["resources"]["limits"]["memory"]
        measure()
        company.begin(asked.bigquery, asked.storage, asked.host, asked.port, {"username": asked.user, "password": asked.password})
        seconds = company.grow(asked.jobs)
        measure()
        old = operator(api)["metadata"]["name"]
        api.call("DELETE", f"{PODS}/{old}")
        while operator(api)["metadata"]["name"] == old:
            time.sleep(0.2)
        measure()
    finally:
        company.end()
        api.close()
    print("\n".join([
        "", "## On a node", "",
        f"The container of the chart's default values, limit {limit}, with real probes of a real PostgreSQL. All {asked.jobs} jobs were Ready"
        f" {seconds:.0f} s after the first was created. The last line is after a restart of the pod.", "",
        "| IngestionJobs | own memory MB | working set MB | peak MB | ready after the container's start |", "|---|---|---|---|---|", *rows, "",
    ]))


if __name__ == "__main__":
    main()
