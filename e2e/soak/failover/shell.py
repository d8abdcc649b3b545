"""Commands of the machine."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def run(*words: str | Path, **options) -> str:
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False, **options)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, words))}: exit code {done.returncode}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def await_true(what: str, seconds: float, condition: Callable[[], bool], every: float = 0.1) -> float:
    """Until the condition holds; how long that took."""
    begin = time.monotonic()
    while not condition():
        if time.monotonic() - begin > seconds:
            raise TimeoutError(f"{what}: not within {seconds:.0f} s")
        time.sleep(every)
    return time.monotonic() - begin


class Daemon:
    """A process of the control plane: it can be stopped, killed, and started again as it was."""

    def __init__(self, name: str, state: Path):
        self.name = name
        self.log = state / "logs" / f"{name}.log"
        self.pid = int((state / "run" / f"{name}.pid").read_text().split()[0])
        self.command = [word.decode() for word in Path(f"/proc/{self.pid}/cmdline").read_bytes().split(b"\0")[:-1]]
        self.child: subprocess.Popen | None = None

    def signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def kill(self) -> None:
        self.signal(9)
        if self.child:
            self.child.wait()
        else:
            await_true(f"{self.name} ends", 10, lambda: not _alive(self.pid))

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.child = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        self.pid = self.child.pid

    def stop_own(self) -> None:
        """What start() has started is no business of control-plane's down."""
        if self.child and self.child.poll() is None:
            self.child.kill()
            self.child.wait()


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
