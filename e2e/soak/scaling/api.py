"""The API server, through `kubectl proxy`, and its audit log."""

from __future__ import annotations

import json
import subprocess
import threading
from collections import Counter
from http.client import HTTPConnection, HTTPException
from pathlib import Path

GROUP = "/apis/naru.dev/v1alpha1"


class Api:
    def __init__(self, kubectl: str) -> None:
        self._proxy = subprocess.Popen([kubectl, "proxy", "--port=0"], stdout=subprocess.PIPE, text=True)
        assert self._proxy.stdout
        said = self._proxy.stdout.readline()
        if not said:
            raise RuntimeError("kubectl proxy did not start")
        self._port = int(said.rsplit(":", 1)[1])
        self._local = threading.local()

    def close(self) -> None:
        self._proxy.terminate()
        self._proxy.wait()

    def call(self, method: str, path: str, body: dict | None = None, *, kind: str = "application/json") -> dict:
        connection = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = HTTPConnection("127.0.0.1", self._port, timeout=60)
        try:
            connection.request(method, path, json.dumps(body) if body is not None else None, {"Content-Type": kind})
            answer = connection.getresponse()
            content = answer.read()
        except (HTTPException, OSError):
            connection.close()
            raise
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {content.decode()[:600]}")
        return json.loads(content)

    def get(self, path: str) -> dict:
        return self.call("GET", path)

    def items(self, path: str) -> list[dict]:
        return self.get(path)["items"]

    def merge(self, path: str, body: dict) -> dict:
        return self.call("PATCH", path, body, kind="application/merge-patch+json")


class Audit:
    """What was asked of the API server since a moment."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._position = log.stat().st_size

    def events(self) -> list[dict]:
        with self._log.open("rb") as log:
            log.seek(self._position)
            text = log.read()
        # the last line may still be in the making
        lines = text[: text.rfind(b"\n") + 1].splitlines()
        return [json.loads(line) for line in lines]

    def writes(self, but: str) -> list[str]:
        """Writes of anybody but one user; leases aside, and questions about rights, which are asked by POST."""
        return [
            f"{it['verb']} {it['requestURI']} by {it['user']['username']}"
            for it in self.events()
            if it["verb"] not in ("get", "list", "watch")
            and it["user"]["username"] != but
            and it.get("objectRef", {}).get("resource") != "leases"
            and it.get("objectRef", {}).get("apiGroup") != "authorization.k8s.io"
        ]

    def of(self, user: str) -> Counter[str]:
        """Requests of a user, by verb and resource; leases aside."""
        counted: Counter[str] = Counter()
        for it in self.events():
            target = it.get("objectRef", {})
            if it["user"]["username"] == user and target.get("resource") != "leases":
                counted["/".join(filter(None, (f"{it['verb']} {target.get('resource', it['requestURI'])}", target.get("subresource"))))] += 1
        return counted
