"""What the API server's audit log says about writes: by whom, when, and whether they changed anything."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True)
class Write:
    """One request that wanted to change something."""

    user: str
    verb: str
    resource: str
    name: str
    received: float
    answered: float
    code: int
    # whether the object was another one afterwards
    effect: bool
    # of a lease: who holds it afterwards
    holder: str | None = None
    # of an Event: what it is about, in one word
    reason: str | None = None

    def told(self) -> str:
        return f"{self.verb} {self.resource}/{self.name}: {self.code}{'' if self.effect else ', nothing changed'}"


class Audit:
    """Reads the log on from where it was."""

    def __init__(self, file: Path):
        self.file = file
        self.writes: list[Write] = []
        self._position = 0
        self._versions: dict[str, int] = {}

    def read(self) -> list[Write]:
        """What was written since the last call."""
        new = []
        with self.file.open("rb") as log:
            log.seek(self._position)
            for line in log:
                if not line.endswith(b"\n"):
                    break
                self._position += len(line)
                write = self._parse(json.loads(line))
                if write:
                    new.append(write)
        self.writes += new
        return new

    def _parse(self, entry: dict) -> Write | None:
        reference = entry.get("objectRef", {})
        if entry.get("stage") != "ResponseComplete" or "resource" not in reference:
            return None
        answer = entry.get("responseObject") or {}
        metadata = answer.get("metadata") or {}
        resource = "/".join(filter(None, (reference["resource"], reference.get("subresource"))))
        name = reference.get("name") or metadata.get("name", "")
        code = entry["responseStatus"]["code"]
        return Write(
            user=entry["user"]["username"], verb=entry["verb"], resource=resource, name=name,
            received=seconds(entry["requestReceivedTimestamp"]), answered=seconds(entry["stageTimestamp"]), code=code,
            effect=code < 300 and self._changed(reference, metadata, entry["verb"]),
            holder=(answer.get("spec") or {}).get("holderIdentity") if reference["resource"] == "leases" and code < 300 else None,
            reason=answer.get("reason") if reference["resource"] == "events" and code < 300 else None,
        )

    def _changed(self, reference: dict, metadata: dict, verb: str) -> bool:
        key = f"{reference['resource']}/{reference.get('namespace')}/{reference.get('name') or metadata.get('name')}"
        version = int(metadata.get("resourceVersion") or 0)
        if verb in ("delete", "deletecollection") or not version:
            return True
        known = self._versions.get(key, 0)
        self._versions[key] = max(known, version)
        return version > known


def seconds(timestamp: str) -> float:
    return datetime.fromisoformat(timestamp).timestamp()
