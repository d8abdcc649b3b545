"""Turns the lanes' results into one page."""

from __future__ import annotations

import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from .faults import ALL

STOLEN = """\
No component of Kubernetes takes a lease that is renewed: this is somebody with an editor. The robbed one cannot know before
it renews the next time, 2 s later at most, and then asks once who has it: the writes above are of that time. It could
be shortened to milliseconds by a watch on the lease, at one more open connection and right for each replica; checking the lease
before each write would double the requests. Neither is done, as no harm comes of such a write: Jobs and Events have
names derived from what asked for them, every other write carries the version it was decided on, so that of two leaders who
act on the same request one is answered 409."""


def spread(values: Iterable[float | None]) -> str:
    known = [it for it in values if it is not None]
    return f"{statistics.median(known):.1f} / {max(known):.1f}" if known else "–"


def page(cases: list[dict]) -> str:
    lines = [
        "# Soak: high availability",
        "",
        f"Written by `e2e/soak/ha` on {time.strftime('%Y-%m-%d')}: {os.cpu_count()} cores ({platform.machine()}), Linux"
        f" {platform.release().split('-')[0]}. Two operator processes from the image's files with its flags (heap of a 384 MiB"
        " container), each in a network namespace of its own; a real API server with etcd and controllers; a local BigQuery; ten"
        " IngestionJobs that people ask to run, one open request each, before, during and after the fault. Lease settings: 15 s"
        " lease, 10 s trust, 2 s retry. Times are seconds, median / longest, on a machine that other"
        f" work shared: {spread(it['load'] for it in cases)} threads wanted its {os.cpu_count()} cores.",
        "",
        "- **lease**: from the fault (or its end, where the API server itself was away) until a replica holds the lease",
        "- **write**: until whoever leads has changed something; **run**: until a run that was asked for after the fault has its Job",
        "- **late**: writes of one replica that arrived while another name stood in the lease; **effect**: those that changed anything",
        "",
        "| fault | times | lease | write | run | late | effect | besides |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for fault in ALL:
        mine = [it for it in cases if it["fault"] == fault.name]
        if not mine:
            continue
        names = sorted({name for it in mine for name in it["figures"]})
        besides = "; ".join(f"{name} {spread(it['figures'].get(name) for it in mine)}" for name in names)
        lines.append(
            f"| {fault.title} | {len(mine)} | {spread(it['lease'] for it in mine)} | {spread(it['write'] for it in mine)}"
            f" | {spread(it['work'] for it in mine)} | {sum(len(it['arrived_late']) for it in mine)}"
            f" | {sum(len(it['effective_late']) for it in mine)} | {besides} |"
        )
    missing = [it.title for it in ALL if it.name not in {case["fault"] for case in cases}]
    if missing:
        lines += ["", f"Without a result: {'; '.join(missing)}."]
    lines += ["", "## What was judged after every single fault", ""]
    lines += [
        "- every request made exactly one Job, over the whole run of the lane, and nothing else made one",
        "- one Event `RunRequested` and one `RunSucceeded` for each, or a warning that one was lost with the connection",
        "- everything comes to its end within two minutes: answered, recorded, Ready, schedules free",
        "- then nobody writes but the lease",
        "- who had to end did, with its exit code, and was healthy again; who did not have to, lived, and liveness never failed",
        "- no ERROR and no refused right in the logs but those that the fault itself explains",
    ]
    late = [f"{it['fault']} {it['number']}: {line}" for it in cases for line in it["arrived_late"]]
    lines += ["", "## Late writes, one by one", "", *(f"- {line}" for line in late)] if late else ["", "There were no late writes."]
    if any(it["fault"] == "stolen" for it in cases):
        lines += ["", "## The stolen lease", "", STOLEN]
    complaints = [f"{it['fault']} {it['number']}: {line}" for it in cases for line in it["complaints"]]
    lines += ["", f"## Found: {len(complaints)}", "", *(f"- {line}" for line in complaints)] if complaints else ["", "Nothing was found amiss."]
    return "\n".join(lines) + "\n"


def keep(folder: Path, cases: list[dict]) -> list[dict]:
    """A fault that was done again replaces what was known of it; all that is known."""
    folder.mkdir(parents=True, exist_ok=True)
    for fault in {it["fault"] for it in cases}:
        (folder / f"{fault}.json").write_text(json.dumps([it for it in cases if it["fault"] == fault], indent=1))
    return [case for file in sorted(folder.glob("*.json")) for case in json.loads(file.read_text())]


def main() -> None:
    out, folder, *files = map(Path, sys.argv[1:])
    cases = keep(folder, [case for file in files for case in json.loads(file.read_text())])
    out.write_text(page(cases))


if __name__ == "__main__":
    main()
