"""What must hold after every fault. Pure: they judge what was seen, and are tested on made-up sights."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from hashlib import sha256

from .audit import Write

LEASE = "naru-operator"
UNWRITTEN = re.compile(r'message="event not written".* reason=(\w+)')
ERROR = re.compile(r"\bERROR\b|\b[Ff]orbidden\b|Exception in thread")


def job_name(resource: str, token: str) -> str:
    return f"{resource}-m-{sha256(token.encode()).hexdigest()[:8]}"


def requested_once(tokens: Mapping[str, list[str]], writes: Iterable[Write]) -> list[str]:
    """Every request made exactly one Job, and nothing else made one."""
    wanted = {job_name(resource, token) for resource, list_ in tokens.items() for token in list_}
    made = Counter(
        it.name for it in writes
        if it.verb == "create" and it.resource == "jobs" and it.code < 300 and not it.name.startswith("rental-db")
    )
    found = [f"{name} was made {count} times" for name, count in made.items() if count != 1]
    found += [f"{name} was made, and nobody had asked for it" for name in made if name not in wanted]
    return found + [f"{name} was never made" for name in wanted if name not in made]


def told_once(tokens: Mapping[str, list[str]], writes: Iterable[Write], lines: Iterable[str]) -> list[str]:
    """One Event for each request and one for each end of a run; one that got lost on the way is told by the log instead."""
    asked = sum(len(list_) for list_ in tokens.values())
    told = Counter(it.reason for it in writes if it.resource == "events" and it.verb == "create" and it.reason)
    lost = Counter(found[1] for line in lines if (found := UNWRITTEN.search(line)))
    return [
        f"{told[reason]} Events {reason} for {asked} requests, and the log tells of {lost[reason]} that were not written"
        # a lost answer is told too, of an Event that was written
        for reason in ("RunRequested", "RunSucceeded") if not told[reason] <= asked <= told[reason] + lost[reason]
    ]


def terms(writes: Iterable[Write]) -> list[tuple[float, str]]:
    """Since when who held the lease; nobody is an empty name."""
    changes: list[tuple[float, str]] = []
    for write in sorted((it for it in writes if it.resource == "leases" and it.name == LEASE and it.code < 300), key=lambda it: it.answered):
        holder = "" if write.verb == "delete" else write.holder or ""
        if not changes or changes[-1][1] != holder:
            changes.append((write.answered, holder))
    return changes


def holder_at(changes: list[tuple[float, str]], moment: float) -> str:
    holder = ""
    for since, name in changes:
        if since > moment:
            break
        holder = name
    return holder


def overlaps(identities: Mapping[str, str], writes: Iterable[Write]) -> list[tuple[str, Write]]:
    """Writes that arrived from one replica while another name stood in the lease: (that name, the write)."""
    writes = list(writes)
    changes = terms(writes)
    found = []
    for write in writes:
        identity = identities.get(write.user)
        if identity is None or write.resource == "leases":
            continue
        holder = holder_at(changes, write.received)
        if holder and holder != identity:
            found.append((holder, write))
    return found


def errors(lines: Iterable[str], allowed: Iterable[str]) -> list[str]:
    """Lines of a log that nobody should have to read, so far as the fault does not excuse them."""
    excuses = [re.compile(it) for it in allowed]
    return [line for line in lines if ERROR.search(line) and not any(it.search(line) for it in excuses)]
