"""gateway FOLDER: follows the cluster of $KUBECONFIG and keeps haproxy doing what its routes say, until it is ended.

It looks twice a second instead of watching: it is for tests, and an object that is missed would cost more than the
requests.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from gateway.haproxy import configuration
from gateway.routes import Cluster, Told

API = "/apis/gateway.networking.k8s.io/v1"
EVERY = 0.5  # seconds


class Api:
    """The API server, through a proxy of kubectl's."""

    def __init__(self, kubectl: str) -> None:
        self.proxy = subprocess.Popen([kubectl, "proxy", "--port=0"], stdout=subprocess.PIPE, text=True)
        said = self.proxy.stdout.readline() if self.proxy.stdout else ""
        if not said:
            raise SystemExit("kubectl proxy did not start: does $KUBECONFIG name a cluster that answers?")
        self.port = int(said.rsplit(":", 1)[1])
        self.connection: HTTPConnection | None = None

    def call(self, method: str, path: str, body: dict | None = None) -> dict | None:
        """The answer; None when there is no such thing."""
        if self.connection is None:
            self.connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        headers = {"Content-Type": "application/merge-patch+json"}
        try:
            self.connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = self.connection.getresponse()
            content = answer.read()
        except (HTTPException, OSError):
            self.connection.close()
            self.connection = None
            raise
        if answer.status == 404:
            return None
        if answer.status >= 300:
            raise OSError(f"{method} {path}: {answer.status} {content.decode()[:300]}")
        return json.loads(content)

    def items(self, path: str, kind: str = "") -> list[dict]:
        found = (self.call("GET", path) or {"items": []})["items"]
        return [{**it, "kind": kind} for it in found] if kind else found

    def cluster(self) -> Cluster:
        return Cluster(
            self.items(f"{API}/gatewayclasses"),
            self.items(f"{API}/gateways"),
            self.items(f"{API}/httproutes", "HTTPRoute") + self.items(f"{API}/grpcroutes", "GRPCRoute"),
            self.items("/api/v1/services"),
            self.items("/apis/discovery.k8s.io/v1/endpointslices"),
        )

    def tell(self, told: Told, known: dict[str, str]) -> None:
        """Only what has changed, with the time at which each condition did."""
        text = json.dumps(told.status, sort_keys=True)
        if known.get(told.uid) == text:
            return
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        status = json.loads(text, object_hook=lambda it: {**it, "lastTransitionTime": now} if "reason" in it and "lastTransitionTime" not in it else it)
        self.call("PATCH", f"{API}/{told.path}/status", {"status": status})
        known[told.uid] = text


class Haproxy:
    """One master process, whose workers are replaced when the configuration changes; connections go on in the old one."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "haproxy.cfg"
        self.socket = folder / "haproxy.sock"
        self.log = folder / "haproxy.log"
        self.text = ""
        self.master: subprocess.Popen | None = None

    def follow(self, text: str) -> None:
        if text != self.text:
            self.file.write_text(text)
            subprocess.run(["haproxy", "-c", "-q", "-f", str(self.file)], check=True)
            if self.master is None:
                with self.log.open("ab") as log:
                    self.master = subprocess.Popen(["haproxy", "-W", "-f", str(self.file)], stdout=log, stderr=log)
            else:
                self.master.send_signal(signal.SIGUSR2)
            self.text = text
        if self.master and self.master.poll() is not None:
            raise SystemExit(f"haproxy has ended with exit code {self.master.returncode}; its last words are in {self.log}")

    def stop(self) -> None:
        if self.master:
            self.master.terminate()
            self.master.wait()


def main(folder: Path) -> None:
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    end = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: end.set())
    api, haproxy = Api(os.environ.get("KUBECTL", "kubectl")), Haproxy(folder)
    known: dict[str, str] = {}
    try:
        while not end.wait(EVERY):
            try:
                cluster = api.cluster()
                haproxy.follow(configuration(cluster.listeners(), str(haproxy.socket)))
                for it in cluster.told():
                    api.tell(it, known)
            except (OSError, HTTPException) as e:
                print(f"the API server: {e}", flush=True)
    finally:
        haproxy.stop()
        api.proxy.terminate()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
