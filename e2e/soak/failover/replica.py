"""One operator process, run from the image's files with the image's flags, in a network of its own."""

from __future__ import annotations

import gzip
import io
import json
import os
import signal
import subprocess
import sys
import tarfile
import time
from pathlib import Path

from .api import NAMESPACE, SYSTEM, Api
from .network import HUB, Cable
from .shell import await_true

# the chart's limit; the image's flags take their share of it
MEMORY = "384m"
START = """
mount -t proc proc "$0/proc"
mount --rbind /dev "$0/dev"
mount --bind "$1" "$0/tmp"
root=$0
shift
exec chroot --userspec=65532:65532 "$root" "$@"
"""


class Image:
    """An image's tar, unpacked."""

    def __init__(self, tar: Path, folder: Path):
        self.folder = folder
        folder.mkdir(parents=True)
        with tarfile.open(tar) as outer:
            def read(name: str) -> bytes:
                member = outer.extractfile(name)
                assert member, name
                return member.read()

            manifest = json.loads(read("manifest.json"))[0]
            config = json.loads(read(manifest["Config"]))["config"]
            for layer in manifest["Layers"]:
                content = read(layer)
                if content[:2] == b"\x1f\x8b":
                    content = gzip.decompress(content)
                with tarfile.open(fileobj=io.BytesIO(content)) as inner:
                    inner.extractall(folder, filter="tar")
        for name in ("proc", "dev", "tmp"):
            (folder / name).mkdir(exist_ok=True)
        self.environment = dict(pair.split("=", 1) for pair in config["Env"])
        self.command = config["Entrypoint"]


class Replica:
    def __init__(self, name: str, number: int, lane: str, image: Image, state: Path, api: Api, clock: Path | None):
        self.name = f"naru-operator-{name}"
        self.user = f"system:serviceaccount:{SYSTEM}:replica-{name}"
        self.cable = Cable(f"{lane}-{name}", number)
        self.image = image
        self.tmp = state / f"tmp-{name}"
        self.log = state / "logs" / f"operator-{name}.log"
        self.clock = clock
        self.process: subprocess.Popen | None = None
        self.started = 0.0
        self.tmp.mkdir()
        self.tmp.chmod(0o1777)
        self._write_kubeconfig(api, f"replica-{name}")

    def _write_kubeconfig(self, api: Api, account: str) -> None:
        path = f"/api/v1/namespaces/{SYSTEM}/serviceaccounts/{account}/token"
        token = api.call("POST", path, {"spec": {"expirationSeconds": 86400 * 2}})["status"]["token"]
        port = api.server.rsplit(":", 1)[1]
        config = {
            "apiVersion": "v1", "kind": "Config", "current-context": "naru",
            "clusters": [{"name": "naru", "cluster": {"server": f"https://{HUB}:{port}", "certificate-authority-data": api.authority}}],
            "users": [{"name": "naru", "user": {"token": token}}],
            "contexts": [{"name": "naru", "context": {"cluster": "naru", "user": "naru"}}],
        }
        (self.tmp / "kubeconfig").write_text(json.dumps(config))

    def start(self) -> None:
        java, *rest = self.image.command
        environment = self.image.environment | {
            "KUBECONFIG": "/tmp/kubeconfig",
            "NARU_WORKER_IMAGE": "naru-worker:dev",
            "NARU_NAMESPACE": SYSTEM,
            "NARU_POD_NAME": self.name,
            "NARU_WATCH_NAMESPACES": NAMESPACE,
            "NARU_HTTP_PORT": "8080",
        }
        if self.clock:
            (self.tmp / self.clock.name).write_bytes(self.clock.read_bytes())
            # not LD_PRELOAD: the commands before chroot would want it too
            (self.image.folder / "etc/ld.so.preload").write_text(f"/tmp/{self.clock.name}\n")
            self.step_clock(0)
        settings = [f"{key}={value}" for key, value in environment.items()]
        with self.log.open("ab") as log:
            log.write(f"--- started at {time.time():.3f}\n".encode())
            log.flush()
            self.started = time.time()
            self.process = subprocess.Popen(
                ["ip", "netns", "exec", self.cable.namespace, "sh", "-ec", START, str(self.image.folder), str(self.tmp),
                 "/opt/jre/bin/java" if java == "java" else java, f"-XX:MaxRAM={MEMORY}", *rest],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                env=dict(pair.split("=", 1) for pair in settings) | {"PATH": os.environ["PATH"]},
            )

    def step_clock(self, seconds: int) -> None:
        """clock.c has the file mapped: written in place, it counts at once."""
        path = self.tmp / "clock"
        path.touch(0o644)
        with path.open("r+b", buffering=0) as file:
            file.write((seconds * 10**9).to_bytes(8, sys.byteorder, signed=True))

    def signal(self, number: signal.Signals) -> None:
        assert self.process
        os.kill(self.process.pid, number)

    def ended(self) -> int | None:
        assert self.process
        return self.process.poll()

    def wait(self) -> None:
        assert self.process
        self.process.wait()

    def cpu(self) -> float:
        """Seconds of a core that it has used."""
        assert self.process
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def ready(self) -> bool:
        return self.cable.ask("/readyz")[0] == 200

    def await_ready(self, seconds: float = 60) -> float:
        def ready() -> bool:
            if self.ended() is not None:
                raise RuntimeError(f"{self.name} ended with exit code {self.ended()}; {self.log} tells why")
            return self.ready()

        return await_true(f"{self.name} is ready", seconds, ready, 0.2)

    def lines_since(self, position: int) -> list[str]:
        with self.log.open("rb") as log:
            log.seek(position)
            return log.read().decode(errors="replace").splitlines()

    def position(self) -> int:
        return self.log.stat().st_size if self.log.exists() else 0

    def remove(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.cable.remove()
