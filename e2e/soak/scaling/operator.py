"""The operator as a process of this machine, from the files of its image, with the flags and the environment of its pod."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

_UNITS = {"Ki": 1 << 10, "Mi": 1 << 20, "Gi": 1 << 30}


@dataclass(frozen=True)
class Memory:
    """MB of 2^20 bytes."""

    resident: float  # what the process holds, files it has mapped included
    private: float  # of that what is its own, as the limit of a container counts it
    heap: float  # what is alive, right after a full collection

    def __str__(self) -> str:
        return f"{self.resident:.0f} MB resident, {self.private:.0f} private, {self.heap:.1f} live"


class Operator:
    def __init__(self, image: Path, deployment: dict, kubeconfig: Path, jcmd: str, log: Path) -> None:
        container = deployment["spec"]["template"]["spec"]["containers"][0]
        self._command = (image / "command").read_text().splitlines()
        self._jcmd = jcmd
        self._log = log
        self.limit = container["resources"]["limits"]["memory"]
        number, unit = re.fullmatch(r"(\d+)([KMG]i)", self.limit).groups()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        fields = {"metadata.namespace": deployment["metadata"]["namespace"], "metadata.name": "naru-operator-scale"}
        environment = {it["name"]: fields[it["valueFrom"]["fieldRef"]["fieldPath"]] if "valueFrom" in it else it.get("value", "") for it in container["env"]}
        # in the pod the JVM sees the limit itself; a cache that does not fit must not pass unseen
        options = f"-XX:MaxRAM={int(number) * _UNITS[unit]} " + os.environ.get("AOTMODE", "-XX:AOTMode=on")
        own = {"KUBECONFIG": str(kubeconfig), "NARU_HTTP_PORT": str(self._port), "JAVA_TOOL_OPTIONS": options, "MALLOC_ARENA_MAX": "2"}
        self._environment = {"PATH": os.environ["PATH"], **environment, **own}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> float:
        """Seconds until it is ready."""
        begin = time.monotonic()
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(self._command, env=self._environment, stdout=log, stderr=log, cwd="/")
        while not self._ready():
            if self._process.poll() is not None:
                raise RuntimeError(f"the operator has ended: {self._log.read_text()[-2000:]}")
            if time.monotonic() > begin + 120:
                raise RuntimeError("the operator is not ready after two minutes")
            time.sleep(0.02)
        return time.monotonic() - begin

    def stop(self) -> None:
        assert self._process
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(30)

    def kill(self) -> None:
        if self._process and self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def await_reconciled(self, count: float, seconds: int = 300) -> float:
        """Seconds until so many reconciles have succeeded since the start of the process."""
        begin = time.monotonic()
        while self.reconciles() < count:
            if time.monotonic() > begin + seconds:
                raise RuntimeError(f"{self.reconciles():.0f} reconciles after {seconds} s, not {count:.0f}")
            time.sleep(0.2)
        return time.monotonic() - begin

    def reconciles(self) -> float:
        return sum(self._metric("naru_reconcile_duration_seconds_count{", 'result="done"'))

    def cpu(self) -> float:
        """Seconds of CPU so far."""
        fields = Path(f"/proc/{self._pid()}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> Memory:
        """Before and without the collection that tells what is alive."""
        status = Path(f"/proc/{self._pid()}/status").read_text()
        anonymous, resident = (int(re.search(rf"^{key}:\s+(\d+)", status, re.M)[1]) / 1024 for key in ("RssAnon", "VmRSS"))
        subprocess.run([self._jcmd, str(self._pid()), "GC.run"], check=True, stdout=subprocess.DEVNULL)
        return Memory(resident, anonymous, sum(self._metric('jvm_memory_used_bytes{area="heap"')) / (1 << 20))

    def peak(self) -> float:
        return self._status("VmHWM")

    def resident(self) -> float:
        return self._status("VmRSS")

    def _status(self, key: str) -> float:
        return int(re.search(rf"^{key}:\s+(\d+)", Path(f"/proc/{self._pid()}/status").read_text(), re.M)[1]) / 1024

    def complaints(self) -> list[str]:
        """What the log holds of errors and refusals.

        An API server that has just learnt of a kind refuses owners of it for some seconds; that is asked again.
        """
        return [
            line
            for line in self._log.read_text().splitlines()
            if re.search(r"\b(ERROR|403|Forbidden)\b", line) and "cannot find RESTMapping" not in line
        ]

    def _pid(self) -> int:
        assert self._process
        return self._process.pid

    def _ready(self) -> bool:
        try:
            return bool(self._ask("readyz"))
        except OSError:
            return False

    def _metric(self, prefix: str, label: str = "") -> list[float]:
        lines = (line for line in self._ask("metrics").splitlines() if line.startswith(prefix) and label in line)
        return [float(line.rsplit(" ", 1)[1]) for line in lines]

    def _ask(self, path: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self._port}/{path}", timeout=60) as answer:
            return answer.read().decode()
