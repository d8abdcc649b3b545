"""The resources: in each namespace a Warehouse, two Connections, and every fourth IngestionJob."""

from __future__ import annotations

import json
import threading
import time

from .api import GROUP, Api

NAMESPACES = [f"scale-{n}" for n in range(4)]
CONNECTIONS = ["rental-db", "billing-db"]
# far away, so that nothing but the operator's own doing is measured
CRON = "0 4 1 1 *"


def resource(kind: str, name: str, spec: dict) -> dict:
    return {"apiVersion": "naru.dev/v1alpha1", "kind": kind, "metadata": {"name": name}, "spec": spec}


def warehouse(bigquery: str, storage: str) -> dict:
    spec = {"project": "naru-local", "location": "US", "stagingBucket": "gs://naru-staging", "localEndpoints": {"bigQuery": bigquery, "storage": storage}}
    return resource("Warehouse", "main", {"bigQuery": spec})


def connection(name: str, host: str, port: int) -> dict:
    server = {"host": host, "port": port, "database": "postgres", "authSecretRef": {"name": "database"}, "tls": {"mode": "Disable"}}
    return resource("Connection", name, {"type": "PostgreSQL", "postgresql": server})


def job(number: int) -> dict:
    return resource(
        "IngestionJob",
        f"table-{number:04}",
        {
            "source": {
                "connectionRef": {"name": CONNECTIONS[number // len(NAMESPACES) % len(CONNECTIONS)]},
                "type": "Table",
                "table": {"schema": "rental", "name": f"table_{number:04}"},
                "columns": {"exclude": ["memo"]},
            },
            "destination": {
                "warehouseRef": {"name": "main"},
                "dataset": "raw_rental",
                "table": f"table_{number:04}",
                "partitionBy": {"column": "created_at", "granularity": "Day"},
                "clusterBy": ["car_id"],
            },
            "primaryKey": ["id"],
            "load": {"mode": "Incremental", "incremental": {"cursor": {"column": "updated_at", "lookback": "15m"}}},
            "schedule": {"cron": CRON, "timeZone": "Asia/Seoul"},
            "pod": {"resources": {"requests": {"cpu": "500m", "memory": "512Mi"}, "limits": {"memory": "1Gi"}}},
        },
    )


class Company:
    """What is applied so far."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.jobs = 0

    def begin(self, bigquery: str, storage: str, host: str, port: int, secret: dict[str, str]) -> None:
        for namespace in NAMESPACES:
            self.api.call("POST", "/api/v1/namespaces", {"metadata": {"name": namespace}})
            self.api.call("POST", f"/api/v1/namespaces/{namespace}/secrets", {"metadata": {"name": "database"}, "stringData": secret})
            self.api.call("POST", f"{GROUP}/namespaces/{namespace}/warehouses", warehouse(bigquery, storage))
            for name in CONNECTIONS:
                self.api.call("POST", f"{GROUP}/namespaces/{namespace}/connections", connection(name, host, port))

    def end(self) -> None:
        for namespace in NAMESPACES:
            self.api.call("DELETE", f"/api/v1/namespaces/{namespace}")
        while any(it["metadata"]["name"] in NAMESPACES for it in self.api.items("/api/v1/namespaces")):
            time.sleep(0.5)

    def grow(self, to: int) -> float:
        """Creates jobs as fast as the API server takes them; seconds until all are Ready."""
        begin = time.monotonic()
        for number in range(self.jobs, to):
            self.api.call("POST", f"{GROUP}/namespaces/{NAMESPACES[number % len(NAMESPACES)]}/ingestionjobs", job(number))
        self.jobs = to
        self.await_ready()
        return time.monotonic() - begin

    def await_ready(self, seconds: int = 600) -> None:
        deadline = time.monotonic() + seconds
        while missing := self.not_ready():
            if time.monotonic() > deadline:
                raise RuntimeError(f"{len(missing)} resources are not ready after {seconds} s, for instance {json.dumps(missing[0])[:1500]}")
            time.sleep(0.25)

    def not_ready(self) -> list[dict]:
        kinds = ["ingestionjobs", "connections", "warehouses"]
        found = [it for kind in kinds for it in self.api.items(f"{GROUP}/{kind}")]
        wanted = self.jobs + len(NAMESPACES) * (1 + len(CONNECTIONS))
        if len(found) != wanted:
            raise RuntimeError(f"{len(found)} resources instead of {wanted}")
        return [it for it in found if not _ready(it)]

    def resources(self) -> int:
        return self.jobs + len(NAMESPACES) * (1 + len(CONNECTIONS))

    def touch(self) -> None:
        """Wakes every IngestionJob: something about the Warehouse it refers to changed that does not matter."""
        for namespace in NAMESPACES:
            self.api.merge(f"{GROUP}/namespaces/{namespace}/warehouses/main", {"metadata": {"annotations": {"soak.example/touched": str(time.time())}}})


def _ready(it: dict) -> bool:
    """Ready, and not just accepted: a Warehouse and a Connection were reached."""
    conditions = {c["type"]: c for c in it.get("status", {}).get("conditions", [])}
    ready = conditions.get("Ready", {})
    reached = it["kind"] == "IngestionJob" or conditions.get("Reachable", {}).get("status") == "True"
    return ready.get("status") == "True" and reached


class Kubelet(threading.Thread):
    """Plays the node where there is none: each probe's pod ends as if the database had answered."""

    RESULT = {
        "apiVersion": "naru.dev/probe-result.v1",
        "reachable": True,
        "reason": "Reachable",
        "message": "PostgreSQL 15.18 answers",
        "serverVersion": "PostgreSQL 15.18",
        "role": "Primary",
        "warnings": [],
    }

    def __init__(self, api: Api) -> None:
        super().__init__(daemon=True, name="kubelet")
        self._api = api
        self._ended: set[str] = set()

    def run(self) -> None:
        while True:
            for pod in self._api.items("/api/v1/pods?labelSelector=naru.dev/kind%3DConnection"):
                if pod["metadata"]["uid"] not in self._ended:
                    self._end(pod)
            time.sleep(0.5)

    def _end(self, pod: dict) -> None:
        meta = pod["metadata"]
        terminated = {"exitCode": 0, "reason": "Completed", "message": json.dumps(self.RESULT)}
        container = {"name": "worker", "image": "naru-worker:dev", "imageID": "", "ready": False, "restartCount": 0, "state": {"terminated": terminated}}
        self._api.merge(f"/api/v1/namespaces/{meta['namespace']}/pods/{meta['name']}/status", {"status": {"phase": "Succeeded", "containerStatuses": [container]}})
        self._ended.add(meta["uid"])
