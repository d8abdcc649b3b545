"""Fills both databases. Chunks are made by one process per core and streamed straight into the databases."""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from collections.abc import Iterator
from itertools import batched

from company import bookings, calendar_row, rental
from company.arguments import add_databases, databases, fail_in_words
from company.bookings import Book
from company.databases import SQL, MariaDB, PostgreSQL
from company.world import World

_CHUNK = 10_000  # part of what a seed means: another size gives other rows


def generate(postgresql: PostgreSQL, mariadb: MariaDB, seed: int, scale: float, processes: int) -> None:
    edition = calendar_row.edition()
    started = time.monotonic()
    postgresql.run((SQL / "postgresql-tables.sql").read_text())
    mariadb.run("SET foreign_key_checks = 0;" + (SQL / "mariadb-tables.sql").read_text())

    world = World.create(seed, scale)
    fork = multiprocessing.get_context("fork")  # the children inherit the world
    chunks, done = fork.Queue(), fork.Queue()
    for chunk in [*_small_chunks(world), *range(0, world.reservations, _CHUNK)]:
        chunks.put(chunk)
    for _ in range(processes):
        chunks.put(None)
    workers = [fork.Process(target=_work, args=(world, postgresql, mariadb, chunks, done), daemon=True) for _ in range(processes)]
    for worker in workers:
        worker.start()
    _show_progress(done, processes, started)
    for worker in workers:
        worker.join()

    print(f"  {time.monotonic() - started:5.1f} s  indexes, foreign keys, statistics", flush=True)
    indexes = fork.Process(target=_finish, args=(mariadb, "mariadb-constraints.sql", "ANALYZE TABLE payments, coupons;"))
    indexes.start()
    postgresql.run((SQL / "postgresql-constraints.sql").read_text() + "ANALYZE;")
    indexes.join()
    if indexes.exitcode != 0:
        sys.exit("the keys of MariaDB could not be made, see above")
    mariadb.run(calendar_row.insert("company_calendar", edition, seed, scale))
    postgresql.run(calendar_row.insert("company.calendar", edition, seed, scale))
    print(f"  {time.monotonic() - started:5.1f} s  done", flush=True)


def _small_chunks(world: World) -> list[tuple[str, int]]:
    return [("zones", 0), ("cars", 0), ("coupons", 0), *(("members", first) for first in range(0, world.members, _CHUNK))]


def _work(world: World, postgresql: PostgreSQL, mariadb: MariaDB, chunks, done) -> None:
    """Takes chunks until there are none; tells (table, rows) for each, at last None or what went wrong."""
    streams = {}

    def write(table: str, lines: Iterator[str]) -> None:
        if table not in streams:
            streams[table] = mariadb.copy(table) if table in ("payments", "coupons") else postgresql.copy("rental." + table)
        rows = 0
        for batch in batched(lines, 1000):
            text = "".join(batch)
            rows += text.count("\n")
            streams[table].write(text)
        done.put((table, rows))

    try:
        while (chunk := chunks.get()) is not None:
            match chunk:
                case ("zones", _):
                    write("zones", rental.zones(world))
                case ("cars", _):
                    write("cars", rental.cars(world))
                case ("coupons", _):
                    write("coupons", bookings.unredeemed(world))
                case ("members", first):
                    write("members", rental.members(world, first, world.member_ids[first : first + _CHUNK]))
                case int(first):
                    made = list(bookings.bookings(world, Book.history(world), first, min(first + _CHUNK, world.reservations)))
                    write("reservations", (b.reservation for b in made))
                    write("payments", (b.payments for b in made))
                    write("coupons", (b.coupon for b in made))
        for stream in streams.values():
            stream.close()
        done.put(None)
    except Exception as problem:
        done.put(str(problem))


def _show_progress(done, processes: int, started: float) -> None:
    rows: dict[str, int] = {}
    shown = started
    while processes:
        match done.get():
            case None:
                processes -= 1
            case str(problem):
                sys.exit(f"generate: the database refused the data: {problem}")
            case (table, n):
                rows[table] = rows.get(table, 0) + n
        if time.monotonic() - shown > 3 or not processes:
            shown = time.monotonic()
            print(f"  {shown - started:5.1f} s  " + "  ".join(f"{t} {n:,}" for t, n in sorted(rows.items())), flush=True)


def _finish(database: MariaDB, script: str, more: str) -> None:
    # the generator made the keys and the references: checking them again would copy the tables
    database.run("SET foreign_key_checks = 0, unique_checks = 0;" + (SQL / script).read_text() + more)


def main() -> None:
    parser = argparse.ArgumentParser(prog="generate", description="Fills PostgreSQL `rental` and MariaDB `billing` with the books of a car-sharing company.")
    parser.add_argument("--scale", type=float, default=1.0, help="1.0 (the default) is about 1.2 million rows")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--force", action="store_true", help="build again, although the same data is there already")
    parser.add_argument("--processes", type=int, default=os.cpu_count(), help="default: one per core")
    add_databases(parser)
    asked = parser.parse_args()
    postgresql, mariadb = databases(asked)
    there = [calendar_row.read(postgresql), calendar_row.read(mariadb)]
    if not asked.force and all(row and row.made_by(calendar_row.edition(), asked.seed, asked.scale) for row in there):
        print(f"the company's data is there already: seed {asked.seed}, scale {asked.scale:g}, day {there[0].day} (--force builds it again)")
        return
    generate(postgresql, mariadb, asked.seed, asked.scale, asked.processes)


if __name__ == "__main__":
    with fail_in_words("generate"):
        main()
