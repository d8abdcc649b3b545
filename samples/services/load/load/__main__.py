"""load http URL | load grpc HOST:PORT: sends a bounded number of requests and prints, as JSON, what came of them.

Exit code 1 when a request failed, or when the load could not be kept up.
"""

from __future__ import annotations

import argparse
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from load.clients import Client, Grpc, Http
from load.report import Report

MOST_REQUESTS = 100_000
MOST_SECONDS = 900


def arguments(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="load", description=__doc__)
    parser.add_argument("protocol", choices=["http", "grpc"])
    parser.add_argument("target", help="a URL, or host and port of a gRPC server")
    parser.add_argument("--rate", type=float, default=20, help="requests a second (default 20)")
    parser.add_argument("--requests", type=int, default=200, help=f"how many in all (default 200, at most {MOST_REQUESTS})")
    parser.add_argument("--clients", type=int, default=4, help="how many send at the same time (default 4)")
    parser.add_argument("--new-connections", action="store_true", help="a new connection for every request")
    parser.add_argument("--photo", type=Path, help="POST this file as the form's field photo")
    parser.add_argument("--host", help="name to ask for, when the target is a gateway")
    parser.add_argument("--may-fail", action="store_true", help="exit code 0 also when requests failed")
    said = parser.parse_args(words)
    if not 1 <= said.requests <= MOST_REQUESTS:
        parser.error(f"--requests is {said.requests}: it must be 1 to {MOST_REQUESTS}")
    if said.rate <= 0 or said.requests / said.rate > MOST_SECONDS:
        parser.error(f"{said.requests} requests at {said.rate:g} a second take more than {MOST_SECONDS} s: raise --rate or lower --requests")
    return said


def drive(client: Client, schedule: Callable[[], float | None], report: Report) -> None:
    while (at := schedule()) is not None:
        wait = at - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        client.send(report)
    client.close()


def main(words: list[str]) -> int:
    said = arguments(words)
    report = Report()
    begin = time.monotonic()
    lock, sent = threading.Lock(), 0

    def schedule() -> float | None:
        """When the next request is due; all clients share one timetable, which does not wait for answers."""
        nonlocal sent
        with lock:
            if sent == said.requests:
                return None
            # a minute behind is not the load that was asked for: give up instead of going on for hours
            if time.monotonic() - begin > said.requests / said.rate + 60:
                report.skip(said.requests - sent)
                sent = said.requests
                return None
            at = begin + sent / said.rate
            sent += 1
            return at

    def client() -> Client:
        if said.protocol == "http":
            return Http(said.target, said.photo, not said.new_connections, said.host)
        return Grpc(said.target, not said.new_connections, said.host)

    threads = [threading.Thread(target=drive, args=(client(), schedule, report)) for _ in range(said.clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(report.text())
    return 0 if said.may_fail or (report.failed_requests == 0 and report.skipped == 0) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
