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

SYSTEM = "/namespaces/naru-system"
PODS = f"/api/v1{SYSTEM}/pods"
SELECTOR = "labelSelector=app.kubernetes.io/component%3Doperator"
CONTAINERS = ("operator", "sql-analyzer")
LEASE = f"/apis/coordination.k8s.io/v1{SYSTEM}/leases/naru-operator"


def operators(api: Api) -> tuple[dict, dict]:
    """The pod that works and the one that stands by, once both are ready."""
    for _ in range(600):
        pods = [it for it in api.items(f"{PODS}?{SELECTOR}") if "deletionTimestamp" not in it["metadata"]]
        holder = api.call("GET", LEASE)["spec"].get("holderIdentity")
        pods.sort(key=lambda it: it["metadata"]["name"] != holder)
        if len(pods) == 2 and pods[0]["metadata"]["name"] == holder and all(_ready(it) for it in pods):
            return pods[0], pods[1]
        time.sleep(0.2)
    raise RuntimeError("the operator's two pods are not ready after two minutes")


def _ready(pod: dict) -> bool:
    return any(c["type"] == "Ready" and c["status"] == "True" for c in pod.get("status", {}).get("conditions", []))


def named(containers: list[dict], name: str) -> dict:
    return next(it for it in containers if it["name"] == name)


def container(pod: dict, container: str) -> Path:
    """Its control group."""
    name = named(pod["status"]["containerStatuses"], container)["containerID"].split("//")[1]
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
    began = named(pod["status"]["containerStatuses"], "operator")["state"]["running"]["startedAt"]
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

    def measure(what: str) -> None:
        time.sleep(15)  # the last writes and their echo
        for role, pod in zip(("works", "stands by"), operators(api), strict=True):
            for name in CONTAINERS:
                own, working, peak = memory(container(pod, name))
                ready = f"{seconds_to_ready(pod):.0f} s" if name == "operator" else ""
                rows.append(f"| {what} | {role} | {name} | {own:.0f} | {working:.0f} | {peak:.0f} | {ready} |")
                print(f"  {what}, {role}, {name}: {own:.0f} MB own, {working:.0f} MB working set, {peak:.0f} MB peak", file=sys.stderr, flush=True)

    try:
        containers = operators(api)[0]["spec"]["containers"]
        limits = ", ".join(f"{it} {named(containers, it)['resources']['limits']['memory']}" for it in CONTAINERS)
        measure("no jobs")
        company.begin(asked.bigquery, asked.storage, asked.host, asked.port, {"username": asked.user, "password": asked.password})
        seconds = company.grow(asked.jobs)
        measure(f"{asked.jobs} jobs")
        old = operators(api)[0]["metadata"]["name"]
        api.call("DELETE", f"{PODS}/{old}")
        while old in {it["metadata"]["name"] for it in operators(api)}:
            time.sleep(0.2)
        measure(f"{asked.jobs} jobs, the first of the pods deleted")
    finally:
        company.end()
        api.close()
    print("\n".join([
        f"The containers of the chart's two pods (limits: {limits}), with real probes of a real PostgreSQL. All {asked.jobs} jobs were Ready"
        f" {seconds:.0f} s after the first was created.", "",
        "| | the pod | container | own memory MB | working set MB | peak MB | ready after the container's start |", "|---|---|---|---|---|---|---|", *rows,
    ]))


if __name__ == "__main__":
    main()
