"""One checksum per table, of the rows as generated: same seed and scale, same checksums, on every machine.

With --stored the rows come out of the databases instead, so that two fillings can be compared."""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Iterable

from company import bookings, rental
from company.arguments import add_databases, databases, fail_in_words
from company.bookings import Book
from company.databases import MariaDB, PostgreSQL
from company.generate import _CHUNK
from company.world import World


def of_generated(seed: int, scale: float) -> dict[str, str]:
    world, book = World.create(seed, scale), None
    book = Book.history(world)
    made = [
        b for first in range(0, world.reservations, _CHUNK)
        for b in bookings.bookings(world, book, first, min(first + _CHUNK, world.reservations))
    ]
    return {
        "zones": _digest(rental.zones(world)),
        "cars": _digest(rental.cars(world)),
        "members": _digest(line for first in range(0, world.members, _CHUNK) for line in rental.members(world, first, world.member_ids[first : first + _CHUNK])),
        "reservations": _digest(b.reservation for b in made),
        "payments": _digest(b.payments for b in made),
        "coupons": _digest([b.coupon for b in made] + list(bookings.unredeemed(world))),
    }


def of_stored(postgresql: PostgreSQL, mariadb: MariaDB) -> dict[str, str]:
    sums = {
        table: _digest([postgresql.run(f"COPY (SELECT * FROM rental.{table} ORDER BY id) TO STDOUT;")])
        for table in ("zones", "cars", "members", "reservations")
    }
    for table in ("payments", "coupons"):
        sums[table] = _digest([mariadb.run(f"SELECT * FROM {table} ORDER BY id;")])
    return sums


def _digest(lines: Iterable[str]) -> str:
    text = hashlib.sha256()
    for line in lines:
        text.update(line.encode())
    return text.hexdigest()[:16]


def main() -> None:
    parser = argparse.ArgumentParser(prog="checksums", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--stored", action="store_true")
    add_databases(parser)
    asked = parser.parse_args()
    for table, digest in (of_stored(*databases(asked)) if asked.stored else of_generated(asked.seed, asked.scale)).items():
        print(digest, table)


if __name__ == "__main__":
    with fail_in_words("checksums"):
        main()
