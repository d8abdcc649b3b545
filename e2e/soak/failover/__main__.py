"""Runs faults against two replicas, inside the hub's network namespace; writes what came of it as JSON."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import signal
import sys
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

from . import faults, oracles
from .api import SYSTEM
from .audit import Audit, Write
from .faults import Fault, Scene, Strike
from .network import make_hub
from .replica import Image, Replica
from .shell import await_true
from .world import AWAY, ControlPlane, Node, People, Rights, Warehouse, declare, open_ends

ENDS_WITHIN = 60
SETTLED_WITHIN = 120
REST = 5


@dataclass
class Case:
    """One fault, once."""

    fault: str
    number: int
    # how many threads of the whole machine wanted a core
    load: float = 0
    lease: float | None = None
    write: float | None = None
    work: float | None = None
    figures: dict[str, float] = field(default_factory=dict)
    arrived_late: list[str] = field(default_factory=list)
    effective_late: list[str] = field(default_factory=list)
    exits: dict[str, int | None] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)


class Soak:
    def __init__(self, arguments: argparse.Namespace):
        self.arguments = arguments
        self.random = random.Random(arguments.seed)
        state = Path(arguments.state)
        (state / "logs").mkdir(parents=True, exist_ok=True)
        make_hub()
        self.plane = ControlPlane(state / "plane")
        self.warehouse = Warehouse(state)
        self.replicas: list[Replica] = []
        image = Image(Path(arguments.image), state / "image")
        declare(self.plane, self.warehouse)
        self.rights = Rights(self.plane, Path(arguments.helm))
        clock = Path(arguments.clock) if arguments.clock else None
        for number, name in enumerate(("a", "b"), start=1):
            self.replicas.append(Replica(name, number, arguments.lane, image, state, self.plane.api, clock))
        self.audit = Audit(self.plane.audit_log)
        self.node = Node(self.plane.api, arguments.seed)
        self.people = People(self.plane.api, arguments.seed)
        self.people.going.clear()
        self.node.start()
        self.people.start()
        for replica in self.replicas:
            replica.start()
        for replica in self.replicas:
            replica.await_ready(300)

    def run(self, fault: Fault, number: int) -> Case:
        case = Case(fault.name, number)
        self.settle(case)
        leader, standby = self.roles()
        logs = {it: it.position() for it in self.replicas}
        self.audit.read()
        first = len(self.audit.writes)
        begun = time.time()
        self.people.going.set()
        time.sleep(self.random.uniform(2, 5))
        strike = fault.act(Scene(self.plane, self.rights, self.people, leader, standby, self.random))
        time.sleep(3)
        self.people.going.clear()
        self.ends(strike, case)
        self.settle(case)
        self.audit.read()
        at_rest = len(self.audit.writes)
        spun = {it.name: it.cpu() for it in self.replicas}
        time.sleep(REST)
        spun = {it.name: (it.cpu() - spun[it.name]) / REST for it in self.replicas}
        case.complaints += [f"at rest: {name} uses {cores:.1f} cores" for name, cores in spun.items() if cores > 0.7]
        self.audit.read()
        case.figures = strike.figures
        case.load = os.getloadavg()[0]
        case.complaints += strike.complaints
        self.judge(case, fault, strike, self.audit.writes[first:at_rest])
        users = {it.user for it in self.replicas}
        rest = [it for it in self.audit.writes[at_rest:] if it.user in users and it.resource != "leases"]
        case.complaints += [f"at rest: {it.told()}" for it in rest]
        for replica, position in logs.items():
            found = oracles.errors(replica.lines_since(position), fault.excuses)
            case.complaints += [f"log of {replica.name}: {line[:300]}" for line in found]
        for loop in (self.node, self.people):
            if loop.failure:
                raise loop.failure
        log(f"{fault.name} {number}: {time.time() - begun:.0f} s, lease {told(case.lease)}, write {told(case.write)}, work {told(case.work)}, "
            f"{len(case.arrived_late)} late ({len(case.effective_late)} with effect) {case.figures} {case.exits}")
        for complaint in case.complaints:
            log(f"  COMPLAINT {complaint}")
        if case.complaints:
            self.begin_anew()
        return case

    def begin_anew(self) -> None:
        """What is stuck now must not spoil the next case."""
        for replica in self.replicas:
            replica.signal(signal.SIGKILL)
            replica.wait()
            replica.start()
        for replica in self.replicas:
            replica.await_ready(300)

    def roles(self) -> tuple[Replica, Replica]:
        def holder() -> str:
            with contextlib.suppress(*AWAY):
                return self.plane.api.get(faults.LEASE_PATH)["spec"].get("holderIdentity", "")
            return ""

        names = {it.name for it in self.replicas}
        await_true("one of them leads", 60, lambda: holder() in names)
        return tuple(sorted(self.replicas, key=lambda it: it.name != holder()))

    def ends(self, strike: Strike, case: Case) -> None:
        """Starts again who had to end, as the kubelet does, and complains about who did not, or should not have."""
        deadline = time.monotonic() + ENDS_WITHIN
        waiting = dict(strike.ends)
        while waiting and time.monotonic() < deadline:
            for replica in self.replicas:
                if replica.name in waiting and replica.ended() is not None:
                    case.exits[replica.name] = replica.ended()
                    if replica.ended() not in waiting.pop(replica.name):
                        case.complaints.append(f"{replica.name} ended with exit code {replica.ended()}")
                    replica.start()
            time.sleep(0.05)
        for name in waiting:
            case.complaints.append(f"{name} did not end within {ENDS_WITHIN} s")
        for replica in self.replicas:
            if replica.ended() is not None:
                code = replica.ended()
                case.exits[replica.name] = code
                if code not in strike.may_end.get(replica.name, set()):
                    case.complaints.append(f"{replica.name} ended with exit code {code}, and should have lived")
                replica.start()
        for replica in self.replicas:
            replica.cable.mend()
            try:
                replica.await_ready(60)
            except (TimeoutError, RuntimeError) as failure:
                case.complaints.append(f"{failure}: {replica.cable.ask('/readyz')}")
                if replica.ended() is not None:
                    replica.start()

    def settle(self, case: Case) -> None:
        left: list[str] = []

        def settled() -> bool:
            nonlocal left
            try:
                left = open_ends(self.plane.api, self.people)
            except AWAY as failure:
                left = [repr(failure)]
            return not left

        try:
            await_true("everything has come to its end", SETTLED_WITHIN, settled, 0.5)
        except TimeoutError:
            case.complaints += [f"not settled: {it}" for it in left[:5]]

    def judge(self, case: Case, fault: Fault, strike: Strike, writes: list[Write]) -> None:
        identities = {it.user: it.name for it in self.replicas}
        after = [it for it in writes if it.user in identities and it.received >= strike.since and it.code < 300]
        # of a process that ended nothing counts: not even what was on its way
        begun = {it.user: it.started if it.name in case.exits else 0 for it in self.replicas}
        after = [it for it in after if it.received >= begun[it.user]]
        new_leader = [it for it in after if it.resource == "leases" and it.holder == identities[it.user]]
        work = [it for it in after if it.resource != "leases" and it.effect]
        case.lease = _first(new_leader, strike.since)
        case.write = _first(work, strike.since)
        asked_after = {
            oracles.job_name(name, token) for name, tokens in self.people.tokens.items()
            for token in tokens if self.people.asked_at[token] >= strike.since
        }
        case.work = _first([it for it in work if it.resource == "jobs" and it.verb == "create" and it.name in asked_after], strike.since)
        # all requests ever made, and all writes: a Job made twice may have been made in two cases
        case.complaints += oracles.requested_once(self.people.tokens, self.audit.writes)
        lines = [line for it in self.replicas for line in it.lines_since(0)]
        case.complaints += oracles.told_once(self.people.tokens, self.audit.writes, lines)
        late = oracles.overlaps(identities, writes)
        case.arrived_late = [f"{it.user.rsplit('-', 1)[1]} while {holder} held the lease, {it.received - strike.since:.2f} s after the fault: {it.told()}" for holder, it in late]
        effective = [(holder, it) for holder, it in late if it.effect and it.received - strike.since > fault.unaware]
        case.effective_late = [f"{it.received - strike.since:.2f} s after the fault: {it.told()}" for _, it in late if it.effect]
        case.complaints += [f"changed something while {holder} held the lease: {it.told()}" for holder, it in effective]

    def close(self) -> None:
        self.people.over = self.node.over = True
        for replica in self.replicas:
            replica.remove()
        self.plane.down()
        self.warehouse.down()


def _first(writes: list[Write], since: float) -> float | None:
    return min((it.answered for it in writes), default=since) - since if writes else None


def told(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f} s"


def log(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="failover")
    for name in ("lane", "state", "image", "helm", "out"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--clock", help="clock.c, compiled; empty: the replicas have the clock of the machine")
    parser.add_argument("--repetitions", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("faults", nargs="+")
    arguments = parser.parse_args()
    known = {it.name: it for it in faults.ALL}
    unknown = [it for it in arguments.faults if it not in known]
    if unknown:
        parser.error(f"there is no fault {', '.join(unknown)}; they are {', '.join(known)}")
    cases: list[Case] = []
    soak = Soak(arguments)
    try:
        for number in range(1, arguments.repetitions + 1):
            for name in arguments.faults:
                cases.append(soak.run(known[name], number))
                Path(arguments.out).write_text(json.dumps([asdict(it) for it in cases], indent=1))
    finally:
        soak.close()
    return 1 if any(it.complaints for it in cases) else 0


if __name__ == "__main__":
    sys.exit(main())
