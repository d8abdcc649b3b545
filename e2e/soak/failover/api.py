"""The API server as a person with all rights sees it: JSON over HTTPS, nothing but the standard library."""

from __future__ import annotations

import base64
import http.client
import json
import ssl
import tempfile
import threading
from pathlib import Path

NAMESPACE = "rental"
SYSTEM = "naru-system"
CUSTOM = f"/apis/naru.dev/v1alpha1/namespaces/{NAMESPACE}"


class Refused(Exception):
    """An answer that is no success."""

    def __init__(self, code: int, text: str):
        super().__init__(f"{code} {text}")
        self.code = code


class Api:
    """One connection per thread; a lost one is made anew by the next call."""

    def __init__(self, kubeconfig: Path):
        # control-plane writes this file with everything in it, one key a line
        fields = {
            key: _field(kubeconfig.read_text(), key)
            for key in ("server", "certificate-authority-data", "client-certificate-data", "client-key-data")
        }
        self.server = fields["server"].removeprefix("https://")
        self.authority = fields["certificate-authority-data"]
        self._tls = ssl.create_default_context(cadata=base64.b64decode(self.authority).decode())
        # the authority of the local control plane does not say what its key is for
        self._tls.verify_flags &= ~ssl.VERIFY_X509_STRICT
        with tempfile.NamedTemporaryFile("w", suffix=".pem") as pair:
            for part in ("client-certificate-data", "client-key-data"):
                pair.write(base64.b64decode(fields[part]).decode())
            pair.flush()
            self._tls.load_cert_chain(pair.name)
        self._thread = threading.local()

    def call(self, method: str, path: str, body: object = None, kind: str = "application/json"):
        connection = getattr(self._thread, "connection", None)
        if connection is None:
            connection = http.client.HTTPSConnection(self.server, context=self._tls, timeout=10)
            self._thread.connection = connection
        try:
            headers = {"Content-Type": kind, "User-Agent": "soak"}
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException):
            connection.close()
            self._thread.connection = None
            raise
        if answer.status >= 300:
            raise Refused(answer.status, text.decode(errors="replace")[:500])
        return json.loads(text) if text else None

    def get(self, path: str):
        return self.call("GET", path)

    def items(self, path: str) -> list[dict]:
        return self.get(path)["items"]

    def merge(self, path: str, patch: dict):
        return self.call("PATCH", path, patch, "application/merge-patch+json")

    def apply(self, path: str, thing: dict):
        return self.call("PATCH", f"{path}?fieldManager=soak&force=true", thing, "application/apply-patch+yaml")

    def answers(self) -> bool:
        try:
            self.get("/readyz")
        except json.JSONDecodeError:
            return True
        except (OSError, http.client.HTTPException, Refused):
            return False
        return True


def _field(text: str, key: str) -> str:
    return text.split(f"{key}: ", 1)[1].split("}", 1)[0].split(",", 1)[0].strip().strip('"')
