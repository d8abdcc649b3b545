"""The surroundings of the two replicas: a control plane, a warehouse, resources, a node that is played, and people."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import random
import signal
import threading
import time
from collections import defaultdict
from pathlib import Path

from .api import CUSTOM, NAMESPACE, SYSTEM, Api, Refused
from .network import HUB
from .oracles import job_name
from .shell import ROOT, Daemon, run

# with what was answered, to tell a write that changed something from one that did not
AUDIT_POLICY = """
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- level: RequestResponse
  verbs: [create, update, patch, delete, deletecollection]
- level: None
"""

JOBS = [f"reservations-{number}" for number in range(10)]
AWAY = (OSError, http.client.HTTPException, Refused, json.JSONDecodeError)

PUBLISHED = {
    "apiVersion": "naru.dev/result.v1", "runId": "any", "runKey": "0123456789abcdef0123456789abcdef",
    "fingerprint": "spec.source.table=11111111", "outcome": "Published", "reason": "Published", "message": "3 rows published",
    "mode": "Full", "rows": 3, "bytes": 30, "dataThrough": "2026-01-02T03:04:05Z",
    "startTime": "2026-01-02T03:04:00Z", "completionTime": "2026-01-02T03:05:00Z",
}
REACHABLE = {
    "apiVersion": "naru.dev/probe-result.v1", "reachable": True, "reason": "Reachable", "message": "PostgreSQL 15.18 answered",
    "serverVersion": "15.18", "role": "Primary", "warnings": [],
}


class ControlPlane:
    def __init__(self, state: Path):
        self.state = state
        run(ROOT / "e2e/cluster/control-plane", "up", state, env=_environment(NARU_AUDIT_POLICY=AUDIT_POLICY))
        self.api = Api(state / "kubeconfig")
        self.server, self.etcd, self.controllers = (
            Daemon(name, state) for name in ("kube-apiserver", "etcd", "kube-controller-manager")
        )
        self.audit_log = state / "audit.log"

    def kubectl(self, *words: str | Path, stdin: str | None = None) -> str:
        return run("kubectl", "--kubeconfig", self.state / "kubeconfig", *words, input=stdin)

    def down(self) -> None:
        for daemon in (self.controllers, self.server, self.etcd):
            with contextlib.suppress(ProcessLookupError):
                daemon.signal(signal.SIGCONT)
            daemon.stop_own()
        run(ROOT / "e2e/cluster/control-plane", "down", self.state, env=_environment())


class Rights:
    """The shipped ones, for both replicas."""

    def __init__(self, plane: ControlPlane, helm: Path):
        self.plane = plane
        rendered = run(
            helm, "template", "naru", ROOT / "charts/naru", "--namespace", SYSTEM, "--kube-version", "1.34.4",
            "--set", f"watch.namespaces={{{NAMESPACE}}}", "--set", "rbac.people=false",
        )
        self.roles = self._documents(rendered, ("Role", "ClusterRole"))
        self.bindings = self._documents(rendered, ("RoleBinding", "ClusterRoleBinding"))
        for binding in self.bindings:
            subject = binding["subjects"][0]
            binding["subjects"] = [subject | {"name": f"replica-{name}"} for name in ("a", "b")]
        assert self.roles and self.bindings, "the chart has no roles"
        self._apply(self.roles)
        self.give()

    def give(self) -> None:
        self._apply(self.bindings)

    def take(self) -> None:
        self.plane.kubectl("delete", "-f", "-", stdin=json.dumps({"apiVersion": "v1", "kind": "List", "items": self.bindings}))

    def _apply(self, objects: list[dict]) -> None:
        self.plane.kubectl("apply", "--server-side", "-f", "-", stdin=json.dumps({"apiVersion": "v1", "kind": "List", "items": objects}))

    def _documents(self, rendered: str, kinds: tuple[str, ...]) -> list[dict]:
        # kubectl reads YAML for us, and prints one object after the other; nothing is sent
        text = self.plane.kubectl("create", "--dry-run=client", "-o", "json", "-f", "-", stdin=_only(rendered, kinds)).strip()
        found, decoder = [], json.JSONDecoder()
        while text:
            thing, end = decoder.raw_decode(text)
            found += thing.get("items", [thing])
            text = text[end:].strip()
        return [it for it in found if it.get("kind") in kinds]


def _only(rendered: str, kinds: tuple[str, ...]) -> str:
    documents = rendered.split("\n---\n")
    return "\n---\n".join(it for it in documents if any(f"\nkind: {kind}\n" in f"\n{it}\n" for kind in kinds))


class Warehouse:
    def __init__(self, state: Path):
        self.state = state / "warehouse"
        lines = run(ROOT / "e2e/warehouse/server", "start", self.state).splitlines()
        urls = dict(line.split("=", 1) for line in lines)
        self.bigquery, self.storage = (urls[key].replace("127.0.0.1", HUB) for key in ("NARU_BIGQUERY_URL", "NARU_STORAGE_URL"))

    def down(self) -> None:
        run(ROOT / "e2e/warehouse/server", "stop", self.state, "--purge")


def declare(plane: ControlPlane, warehouse: Warehouse) -> None:
    """Definitions, namespaces, accounts, and the resources that are reconciled."""
    plane.kubectl("apply", "--server-side", "-f", ROOT / "crds")
    plane.kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=60s")
    for name in (NAMESPACE, SYSTEM):
        plane.api.call("POST", "/api/v1/namespaces", {"metadata": {"name": name}})
    for account in ("replica-a", "replica-b"):
        plane.api.call("POST", f"/api/v1/namespaces/{SYSTEM}/serviceaccounts", {"metadata": {"name": account}})
    plane.api.call("POST", f"/api/v1/namespaces/{NAMESPACE}/serviceaccounts", {"metadata": {"name": "ingest"}})

    def create(kind: str, plural: str, name: str, spec: dict) -> None:
        thing = {"apiVersion": "naru.dev/v1alpha1", "kind": kind, "metadata": {"name": name}, "spec": spec}
        plane.api.call("POST", f"{CUSTOM}/{plural}", thing)

    create("Warehouse", "warehouses", "main", {"bigQuery": {
        "project": "naru-local", "location": "US", "stagingBucket": "gs://naru-staging",
        "localEndpoints": {"bigQuery": warehouse.bigquery, "storage": warehouse.storage},
    }})
    create("Connection", "connections", "rental-db", {"type": "PostgreSQL", "postgresql": {
        "host": "rental-db", "database": "rental", "authSecretRef": {"name": "rental-db"}, "tls": {"mode": "Disable"},
    }})
    for name in JOBS:
        create("IngestionJob", "ingestionjobs", name, {
            "source": {"connectionRef": {"name": "rental-db"}, "type": "Table", "table": {"schema": "rental", "name": name.replace("-", "_")}},
            "destination": {"warehouseRef": {"name": "main"}, "dataset": "raw_rental", "table": name.replace("-", "_")},
            "load": {"mode": "Full"}, "schedule": {"cron": "0 4 1 1 *", "timeZone": "Asia/Seoul"},
            "pod": {"serviceAccountName": "ingest"},
        })


class Loop(threading.Thread):
    """Does something again and again, whatever becomes of the API server."""

    def __init__(self, every: tuple[float, float], seed: int):
        super().__init__(daemon=True)
        self.random = random.Random(seed)
        self.every = every
        self.going = threading.Event()
        self.going.set()
        self.over = False
        self.failure: Exception | None = None

    def run(self) -> None:
        try:
            while not self.over:
                if self.going.is_set():
                    with contextlib.suppress(*AWAY):
                        self.step()
                time.sleep(self.random.uniform(*self.every))
        except Exception as failure:  # told by whoever waits for this loop
            self.failure = failure

    def step(self) -> None:
        raise NotImplementedError


class Node(Loop):
    """Plays the kubelet: pods start, take a while, and end well."""

    def __init__(self, api: Api, seed: int):
        super().__init__((0.2, 0.4), seed)
        self.api = api
        self.due: dict[str, float] = {}

    def step(self) -> None:
        path = f"/api/v1/namespaces/{NAMESPACE}/pods"
        for pod in self.api.items(path):
            metadata = pod["metadata"]
            if pod["status"]["phase"] != "Pending" or "deletionTimestamp" in metadata:
                continue
            end = self.due.setdefault(metadata["uid"], time.monotonic() + self.random.uniform(0.3, 4))
            if time.monotonic() >= end:
                result = REACHABLE if metadata["name"].startswith("rental-db") else PUBLISHED
                self.api.merge(f"{path}/{metadata['name']}/status", {"status": _ended(result)})
                del self.due[metadata["uid"]]


def _ended(result: dict) -> dict:
    terminated = {"exitCode": 0, "reason": "Completed", "message": json.dumps(result)}
    return {"phase": "Succeeded", "containerStatuses": [{
        "name": "worker", "image": "naru-worker:dev", "imageID": "", "ready": False, "restartCount": 0,
        "state": {"terminated": terminated},
    }]}


class People(Loop):
    """Ask for runs: one open request a resource, so that each can be told apart."""

    def __init__(self, api: Api, seed: int):
        super().__init__((0.3, 1.5), seed)
        self.api = api
        self.tokens: dict[str, list[str]] = defaultdict(list)
        self.asked_at: dict[str, float] = {}
        self.number = 0
        # a patch without an answer may have arrived: it is sent again, not forgotten
        self.pending: tuple[str, str] | None = None

    def step(self) -> None:
        if self.pending is None:
            name = self.random.choice(JOBS)
            if not self.settled(name):
                return
            self.number += 1
            self.pending = (name, f"token-{self.number}")
        name, token = self.pending
        asked = time.time()
        self.api.merge(f"{CUSTOM}/ingestionjobs/{name}", {"metadata": {"annotations": {"naru.dev/run-requested-at": token}}})
        self.tokens[name].append(token)
        self.asked_at[token] = asked
        self.pending = None

    def settled(self, name: str) -> bool:
        return not unsettled(self.api.get(f"{CUSTOM}/ingestionjobs/{name}"), self.tokens[name])


def unsettled(job: dict, tokens: list[str]) -> list[str]:
    """What is still open about a job; nothing when all that was asked is done and told."""
    status = job.get("status", {})
    name = job["metadata"]["name"]
    ready = next((it for it in status.get("conditions", []) if it["type"] == "Ready"), None)
    found = []
    if not ready or ready["status"] != "True":
        found.append(f"{name} is not Ready: {ready and ready['message']}")
    if tokens:
        run_id = job_name(name, tokens[-1]).removeprefix(f"{name}-")
        if status.get("lastHandledRunRequest") != tokens[-1]:
            found.append(f"{name} has not answered {tokens[-1]}")
        elif (status.get("lastRun") or {}).get("id") != run_id or status["lastRun"].get("result") != "Succeeded":
            found.append(f"{name} has not recorded {run_id}: {status.get('lastRun')}")
    return found


def open_ends(api: Api, people: People) -> list[str]:
    """Everything that has not come to its end."""
    found = []
    for job in api.items(f"{CUSTOM}/ingestionjobs"):
        found += unsettled(job, people.tokens[job["metadata"]["name"]])
    for job in api.items(f"/apis/batch/v1/namespaces/{NAMESPACE}/jobs"):
        if job["status"].get("active"):
            found.append(f"Job {job['metadata']['name']} is active")
    for cron_job in api.items(f"/apis/batch/v1/namespaces/{NAMESPACE}/cronjobs"):
        if cron_job["spec"].get("suspend"):
            found.append(f"CronJob {cron_job['metadata']['name']} is held")
    for plural in ("warehouses", "connections"):
        for thing in api.items(f"{CUSTOM}/{plural}"):
            conditions = thing.get("status", {}).get("conditions", [])
            if not any(it["type"] == "Ready" and it["status"] == "True" for it in conditions):
                found.append(f"{plural}/{thing['metadata']['name']} is not Ready")
    return found



def _environment(**more: str) -> dict[str, str]:
    return dict(os.environ) | more
