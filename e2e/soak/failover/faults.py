"""What is done to the operator. Each fault begins, lasts, and is mended before it returns."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from .api import SYSTEM
from .oracles import LEASE
from .replica import Replica
from .shell import await_true
from .world import ControlPlane, People, Rights

LEASE_PATH = f"/apis/coordination.k8s.io/v1/namespaces/{SYSTEM}/leases/{LEASE}"
LOST = {1}
KILLED = {-signal.SIGKILL}
STOPPED = {0}
# before the process has registered what it does at a stop
UNBORN = {0, -signal.SIGTERM, 128 + signal.SIGTERM}
# the kubelet would kill it after three failed probes in a row
AWAY_SECONDS = 120


@dataclass
class Scene:
    plane: ControlPlane
    rights: Rights
    people: People
    leader: Replica
    standby: Replica
    random: random.Random


@dataclass
class Strike:
    """What was done."""

    # recovery is measured from here
    since: float
    # exit codes of those that have to end; everybody else has to live
    ends: dict[str, set[int]] = field(default_factory=dict)
    # may end, with this code, or live
    may_end: dict[str, set[int]] = field(default_factory=dict)
    figures: dict[str, float] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Fault:
    name: str
    title: str
    act: Callable[[Scene], Strike]
    # lines of the log that this fault excuses
    excuses: tuple[str, ...] = ()
    # who wrote to the lease did not wait for it to expire: seconds in which the leader cannot know
    unaware: float = 0


def killed(scene: Scene) -> Strike:
    since = time.time()
    scene.leader.signal(signal.SIGKILL)
    return Strike(since, {scene.leader.name: KILLED})


def lost(scene: Scene) -> Strike:
    since = time.time()
    scene.leader.signal(signal.SIGKILL)
    await_true("the standby leads", 60, lambda: scene.plane.api.get(LEASE_PATH)["spec"]["holderIdentity"] == scene.standby.name)
    # it may take a while until there is another node
    time.sleep(scene.random.uniform(5, 20))
    return Strike(since, {scene.leader.name: KILLED})


def both_killed(scene: Scene) -> Strike:
    since = time.time()
    for replica in (scene.leader, scene.standby):
        replica.signal(signal.SIGKILL)
    return Strike(since, {scene.leader.name: KILLED, scene.standby.name: KILLED})


def stolen(scene: Scene) -> Strike:
    since = time.time()
    scene.plane.api.merge(LEASE_PATH, {"spec": {"holderIdentity": "somebody-else"}})
    ended = _until_ended(scene.leader, 20)
    return Strike(since, {scene.leader.name: LOST}, figures={"until the robbed one ended": ended})


def deleted(scene: Scene) -> Strike:
    since = time.time()
    scene.plane.api.call("DELETE", LEASE_PATH)
    return Strike(since)


def server_killed(scene: Scene) -> Strike:
    scene.plane.server.kill()
    complaints = _alive_for(scene, AWAY_SECONDS)
    scene.plane.server.start()
    await_true("the API server answers", 60, scene.plane.api.answers, 0.2)
    return Strike(time.time(), complaints=complaints)


def server_frozen(scene: Scene) -> Strike:
    scene.plane.server.signal(signal.SIGSTOP)
    complaints = _alive_for(scene, AWAY_SECONDS)
    scene.plane.server.signal(signal.SIGCONT)
    await_true("the API server answers", 60, scene.plane.api.answers, 0.2)
    return Strike(time.time(), complaints=complaints)


def etcd_restarted(scene: Scene) -> Strike:
    scene.plane.etcd.kill()
    time.sleep(scene.random.uniform(1, 8))
    scene.plane.etcd.start()
    await_true("the API server answers", 60, scene.plane.api.answers, 0.2)
    return Strike(time.time())


def frozen(scene: Scene) -> Strike:
    since = time.time()
    scene.leader.signal(signal.SIGSTOP)
    time.sleep(scene.random.uniform(18, 40))
    scene.leader.signal(signal.SIGCONT)
    ended = _until_ended(scene.leader, 20)
    return Strike(since, {scene.leader.name: LOST}, figures={"from going on to its end": ended})


def cut(scene: Scene) -> Strike:
    since = time.time()
    scene.leader.cable.cut()
    complaints = _alive_for(scene, scene.random.uniform(30, 90), (scene.leader,))
    scene.leader.cable.mend()
    ended = _until_ended(scene.leader, 60)
    return Strike(since, {scene.leader.name: LOST}, figures={"from the mended cable to its end": ended}, complaints=complaints)


def blip(scene: Scene) -> Strike:
    since = time.time()
    scene.leader.cable.cut()
    time.sleep(scene.random.uniform(2, 8))
    scene.leader.cable.mend()
    return Strike(since)


def half_open(scene: Scene) -> Strike:
    since = time.time()
    lost = scene.leader.cable.forget_connections()
    complaints = [] if lost > 10 else [f"only {lost} connections were there to be forgotten"]
    path = f"/apis/naru.dev/v1alpha1/namespaces/rental/ingestionjobs"

    def heard() -> bool:
        handled = {it["status"].get("lastHandledRunRequest") for it in scene.plane.api.items(path)}
        return any(scene.people.asked_at.get(token, 0) > since for token in handled)

    heard_after = await_true("a request is heard again", 240, heard, 1)
    return Strike(since, figures={"until a request was heard": heard_after}, complaints=complaints)


def rights_taken(scene: Scene) -> Strike:
    scene.rights.take()
    complaints = _alive_for(scene, scene.random.uniform(20, 40))
    scene.rights.give()
    return Strike(time.time(), complaints=complaints)


def clock_stepped(scene: Scene) -> Strike:
    since = time.time()
    steps = {it.name: scene.random.choice((-3600, -20, 20, 3600)) for it in (scene.leader, scene.standby)}
    for replica in (scene.leader, scene.standby):
        replica.step_clock(steps[replica.name])
    off = _lease_is_off(scene, 20)
    for replica in (scene.leader, scene.standby):
        replica.step_clock(0)
    back = _lease_is_off(scene, 10)
    complaints = [] if abs(off - steps[scene.leader.name]) < 5 and abs(back) < 5 else [
        f"the leader's clock was to be set by {steps[scene.leader.name]} s and back; by its lease it was {off:.0f} s off, then {back:.0f} s"]
    complaints += _alive_for(scene, 3)
    return Strike(since, complaints=complaints)


def _lease_is_off(scene: Scene, seconds: float) -> float:
    """By how many seconds the lease's last renewal is not now, after a while."""
    time.sleep(seconds)
    renewed = scene.plane.api.get(LEASE_PATH)["spec"]["renewTime"]
    return datetime.fromisoformat(renewed).timestamp() - time.time()


def stopped(scene: Scene) -> Strike:
    since = time.time()
    scene.leader.signal(signal.SIGTERM)
    ended = _until_ended(scene.leader, 30)
    return Strike(since, {scene.leader.name: STOPPED}, figures={"until it had stopped": ended})


def stopped_while_away(scene: Scene) -> Strike:
    scene.plane.server.signal(signal.SIGSTOP)
    time.sleep(scene.random.uniform(0, 14))
    scene.leader.signal(signal.SIGTERM)
    ended = _until_ended(scene.leader, 30)
    scene.plane.server.signal(signal.SIGCONT)
    await_true("the API server answers", 60, scene.plane.api.answers, 0.2)
    return Strike(time.time(), {scene.leader.name: STOPPED}, figures={"until it had stopped": ended})


def standby_stopped(scene: Scene) -> Strike:
    since = time.time()
    scene.standby.signal(signal.SIGTERM)
    ended = _until_ended(scene.standby, 30)
    return Strike(since, {scene.standby.name: STOPPED}, figures={"until it had stopped": ended})


def stopped_while_starting(scene: Scene) -> Strike:
    since = time.time()
    scene.standby.signal(signal.SIGKILL)
    _until_ended(scene.standby, 10)
    scene.standby.start()
    time.sleep(scene.random.uniform(0.2, 4))
    scene.standby.signal(signal.SIGTERM)
    ended = _until_ended(scene.standby, 30)
    return Strike(since, {scene.standby.name: UNBORN}, figures={"until it had stopped": ended})


def started_while_away(scene: Scene) -> Strike:
    scene.standby.signal(signal.SIGKILL)
    _until_ended(scene.standby, 10)
    scene.plane.server.signal(signal.SIGSTOP)
    scene.standby.start()
    time.sleep(3)
    complaints = _alive_for(scene, scene.random.uniform(15, 40))
    scene.plane.server.signal(signal.SIGCONT)
    await_true("the API server answers", 60, scene.plane.api.answers, 0.2)
    return Strike(time.time(), complaints=complaints)


def _until_ended(replica: Replica, seconds: float) -> float:
    try:
        return await_true(f"{replica.name} ends", seconds, lambda: replica.ended() is not None, 0.02)
    except TimeoutError:
        # told with the exit codes
        return seconds


def _alive_for(scene: Scene, seconds: float, replicas: tuple[Replica, ...] = ()) -> list[str]:
    """Asks as a kubelet does; complains when liveness fails, after which the kubelet would kill."""
    end = time.monotonic() + seconds
    complaints = []
    while time.monotonic() < end:
        for replica in replicas or (scene.leader, scene.standby):
            code, text = replica.cable.ask("/healthz")
            if code == 503:
                complaints.append(f"{replica.name} says it is not alive: {text.strip()}")
        time.sleep(min(3.0, max(0.0, end - time.monotonic())))
    return complaints


# what the libraries say when the API server refuses or vanishes
REFUSED = (r"[Ff]orbidden",)
# a server that has just started refuses everything, until it knows its roles
AWAY = (r"logger=AbstractWatchManager .*will retry",)

ALL = [
    Fault("killed", "leader killed (SIGKILL), started again at once", killed),
    Fault("lost", "leader killed (SIGKILL), its node gone", lost),
    Fault("both-killed", "both replicas killed, started again at once", both_killed),
    Fault("stolen", "lease overwritten by somebody", stolen, unaware=8),
    Fault("deleted", "lease deleted", deleted),
    Fault("frozen", "leader stopped (SIGSTOP) for 18 to 40 s, then resumed", frozen),
    Fault("cut", "leader's network cut for 30 to 90 s", cut),
    Fault("blip", "leader's network cut for 2 to 8 s", blip),
    Fault("half-open", "leader's connections dead without a word, new ones work", half_open),
    Fault("server-killed", "API server dead for 2 minutes", server_killed, excuses=AWAY),
    Fault("server-frozen", "API server hangs for 2 minutes", server_frozen, excuses=AWAY),
    Fault("etcd-restarted", "etcd killed, back after 1 to 8 s", etcd_restarted, excuses=AWAY),
    Fault("rights-taken", "rights taken for 20 to 40 s, then given back", rights_taken, excuses=REFUSED),
    Fault("clock-stepped", "both clocks set by up to an hour, and back", clock_stepped),
    Fault("stopped", "leader stopped (SIGTERM) under load", stopped),
    Fault("stopped-while-away", "leader stopped (SIGTERM), API server hangs", stopped_while_away, excuses=AWAY),
    Fault("standby-stopped", "standby stopped (SIGTERM)", standby_stopped),
    Fault("stopped-while-starting", "a replica stopped (SIGTERM) while it starts", stopped_while_starting),
    Fault("started-while-away", "a replica starts, API server hangs for 15 to 40 s", started_while_away, excuses=AWAY),
]
