"""python -m scaling: the whole measurement on a control plane without a node; prints the report's tables."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections import Counter
from pathlib import Path

from .api import Api, Audit
from .operator import Memory, Operator
from .resources import CONNECTIONS, NAMESPACES, Company, Kubelet

OPERATOR = "system:serviceaccount:naru-system:naru-operator"
TESTER = "admin"


def say(text: str) -> None:
    print(f"  {text}", file=sys.stderr, flush=True)


class Measurement:
    def __init__(self, api: Api, operator: Operator, audit_log: Path, rest: int) -> None:
        self.api = api
        self.operator = operator
        self.log = audit_log
        self.rest_seconds = rest
        self.company = Company(api)
        self.memory: dict[int, tuple[Memory, float]] = {}
        self.growth: dict[int, tuple[int, float, Counter[str]]] = {}
        self.restarts: dict[int, tuple[float, float]] = {}
        self.rest: dict[str, float] = {}
        self.failures: list[str] = []

    def settle(self) -> None:
        """Until nobody but the tester has written anything for five seconds."""
        deadline = time.monotonic() + 120
        quiet = Audit(self.log)
        begin = time.monotonic()
        while time.monotonic() < begin + 5:
            if time.monotonic() > deadline:
                raise RuntimeError(f"writes do not end: {quiet.writes(TESTER)[:5]}")
            if quiet.writes(TESTER):
                quiet, begin = Audit(self.log), time.monotonic()
            time.sleep(0.5)

    def grow(self, to: int) -> None:
        added = to - self.company.jobs
        audit = Audit(self.log)
        seconds = self.company.grow(to)
        self.settle()
        self.growth[to] = (added, seconds, audit.of(OPERATOR))
        self.memory[to] = (self.operator.memory(), self.operator.peak())
        say(f"{to} jobs: {added} more Ready after {seconds:.1f} s; {self.memory[to][0]}")

    def restart(self) -> None:
        self.operator.stop()
        audit = Audit(self.log)
        ready = self.operator.start()
        done = ready + self.operator.await_reconciled(self.company.resources())
        self.settle()
        self.unwanted(f"a restart with {self.company.jobs} jobs", audit)
        self.restarts[self.company.jobs] = (ready, done)
        self.memory[self.company.jobs] = (self.operator.memory(), self.operator.peak())
        say(f"{self.company.jobs} jobs: restarted, ready after {ready:.1f} s, all reconciled after {done:.1f} s; {self.memory[self.company.jobs][0]}")

    def at_rest(self) -> None:
        half = self.rest_seconds / 2
        say(f"at rest for {self.rest_seconds} s, in the second half of it with forced reconciles")
        audit = Audit(self.log)
        cpu = self.operator.cpu()
        time.sleep(half)
        self.rest["CPU, left alone"] = (self.operator.cpu() - cpu) / half
        rounds, end = 0, time.monotonic() + half
        cpu, before = self.operator.cpu(), self.operator.reconciles()
        while time.monotonic() < end:
            reconciles = self.operator.reconciles()
            self.company.touch()
            self.operator.await_reconciled(reconciles + self.company.jobs)
            rounds += 1
            time.sleep(max(0.0, min(30.0, end - time.monotonic())))
        self.rest["forced rounds"] = rounds
        self.rest["forced reconciles"] = self.operator.reconciles() - before
        self.rest["CPU-ms per reconcile"] = (self.operator.cpu() - cpu) / self.rest["forced reconciles"] * 1000
        self.unwanted(f"{self.rest_seconds} s of rest with {self.company.jobs} jobs", audit)
        say(f"at rest: {self.rest}")

    def unwanted(self, when: str, audit: Audit) -> None:
        if writes := audit.writes(TESTER):
            self.failures.append(f"{when}: {len(writes)} writes, for instance {writes[:5]}")

    def whole(self, sizes: list[int]) -> None:
        first, middle, *more = sizes
        start = self.operator.start()
        say(f"started in {start:.2f} s")
        self.rest["start without resources"] = start
        self.memory[0] = (self.operator.memory(), self.operator.peak())
        self.grow(first)
        self.restart()
        self.grow(middle)
        self.at_rest()
        self.restart()
        for size in more:
            self.grow(size)
            self.restart()
        self.failures += [f"the operator's log: {it}" for it in self.operator.complaints()[:5]]


def report(m: Measurement, limit: str) -> str:
    load = ", ".join(f"{it:.1f}" for it in os.getloadavg())
    lines = [
        f"A real API server with its controllers; the operator is a process from the files of its image, with its flags, the environment of"
        f" the chart's default values and a heap of half of {limit}. {len(NAMESPACES)} namespaces with a Warehouse (the local BigQuery) and"
        f" {len(CONNECTIONS)} Connections each; IngestionJobs spread over them; what a node would do for the probes is played."
        f" The load average at the end was {load}.", "",
        "| IngestionJobs | resident MB | private MB | live heap MB | peak MB | ready after a start | all reconciled |", "|---|---|---|---|---|---|---|",
    ]
    for jobs, (memory, peak) in sorted(m.memory.items()):
        ready, done = m.restarts.get(jobs, (m.rest["start without resources"], m.rest["start without resources"]))
        lines.append(f"| {jobs} | {memory.resident:.0f} | {memory.private:.0f} | {memory.heap:.1f} | {peak:.0f} | {ready:.1f} s | {done:.1f} s |")
    lines += [
        "", "Measured after a restart with everything there, so with what a first list of it costs. Private is what only this process holds;"
        " the rest are pages of its files, which the kernel can drop.", "",
        "| created | all Ready after | a second | requests of the operator for each |", "|---|---|---|---|",
    ]
    for added, seconds, requests in m.growth.values():
        each = ", ".join(f"{verb} {count / added:.2f}" for verb, count in sorted(requests.items()) if not verb.startswith(("list", "watch")))
        lines.append(f"| {added} | {seconds:.1f} s | {added / seconds:.0f} | {each} |")
    lines += [
        "", f"At rest for {m.rest_seconds} s with {sorted(m.growth)[1]} jobs, by the API server's audit log:"
        f" {'no write of anybody, leases aside' if not m.failures else 'SEE BELOW'}. For half of that time nothing happened:"
        f" {m.rest['CPU, left alone'] * 1000:.1f} ms of CPU a second. In the other half every job was reconciled"
        f" {m.rest['forced rounds']:.0f} times ({m.rest['forced reconciles']:.0f} reconciles): {m.rest['CPU-ms per reconcile']:.2f} ms of CPU each,"
        " that of answering the measuring included. Restarts wrote nothing either.",
    ]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(prog="scaling")
    for name in ("kubectl", "jcmd", "bigquery", "storage"):
        parser.add_argument(f"--{name}", required=True)
    for name in ("image", "kubeconfig", "deployment", "audit-log", "log"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--rest", type=int, default=600, help="seconds")
    parser.add_argument("--sizes", type=int, nargs="+", default=[1, 200, 1000])
    asked = parser.parse_args()
    api = Api(asked.kubectl)
    operator = Operator(asked.image, json.loads(asked.deployment.read_text()), asked.kubeconfig, asked.jcmd, asked.log)
    measurement = Measurement(api, operator, asked.audit_log, asked.rest)
    try:
        Kubelet(api).start()
        measurement.company.begin(asked.bigquery, asked.storage, "127.0.0.1", 5432, {"username": "nobody", "password": "nothing"})
        measurement.whole(asked.sizes)
    finally:
        operator.kill()
        api.close()
    print(report(measurement, operator.limit))
    for failure in measurement.failures:
        print(f"FAILED: {failure}", file=sys.stderr)
    sys.exit(1 if measurement.failures else 0)


if __name__ == "__main__":
    main()
