"""The next day in the company's life, in both databases: rows arrive, change and go.

What happens is decided by the number of the day alone. When it happened (`updated_at`) is now, by the database's
clock, because that is what a cursor sees; --at sets it for tests.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from company import calendar_row, clock, rental
from company.arguments import add_databases, databases, fail_in_words
from company.bookings import Book, bookings
from company.databases import MariaDB, PostgreSQL
from company.draw import bits, uuid
from company.world import World

_RENTAL = """
BEGIN;
CREATE TEMP TABLE moment ON COMMIT DROP AS SELECT {at} AS at;
CREATE TEMP TABLE new_members (LIKE rental.members) ON COMMIT DROP;
CREATE TEMP TABLE new_reservations (LIKE rental.reservations) ON COMMIT DROP;
COPY new_members FROM STDIN;
{members}\\.
COPY new_reservations FROM STDIN;
{reservations}\\.
UPDATE new_members SET updated_at = (SELECT at FROM moment);
UPDATE new_reservations SET updated_at = (SELECT at FROM moment);

WITH changed AS (INSERT INTO rental.members SELECT * FROM new_members RETURNING 1)
  SELECT 'members joined', count(*) FROM changed;
WITH changed AS (UPDATE rental.members SET phone = '010-' || 1000 + member_no * 31 % 9000 || '-' || 1000 + ({day} * 577 + member_no) % 9000, updated_at = at
  FROM moment WHERE member_no % 400 = {day} % 400 RETURNING 1)
  SELECT 'members changed phone', count(*) FROM changed;
WITH changed AS (UPDATE rental.members SET grade = 'VIP', deposit = deposit + 10000.50, updated_at = at
  FROM moment WHERE member_no % 2000 = {day} * 7 % 2000 RETURNING 1)
  SELECT 'members promoted', count(*) FROM changed;

WITH back AS (UPDATE rental.reservations SET status = 'RETURNED', returned_at = return_due_at - interval '3 min',
    return_zone_id = coalesce(return_zone_id, pickup_zone_id), distance_km = 12.5 + id % 400 / 8.0, updated_at = at
  FROM moment WHERE status = 'IN_USE' AND return_due_at <= '{close}' RETURNING car_id, return_zone_id, distance_km),
last AS (SELECT car_id, max(return_zone_id) AS zone_id, sum(distance_km) AS km FROM back GROUP BY car_id),
moved AS (UPDATE rental.cars SET zone_id = last.zone_id, odometer_km = odometer_km + km::int,
    battery_percent = greatest(battery_percent - 20, 5), updated_at = at
  FROM last, moment WHERE cars.id = last.car_id RETURNING 1)
  SELECT * FROM (VALUES ('reservations returned', (SELECT count(*) FROM back)), ('cars moved', (SELECT count(*) FROM moved))) AS t;
WITH changed AS (UPDATE rental.reservations SET status = 'IN_USE', updated_at = at
  FROM moment WHERE status = 'BOOKED' AND pickup_at <= '{close}' AND id % 11 <> {day} % 11 RETURNING 1)
  SELECT 'reservations picked up', count(*) FROM changed;
WITH changed AS (UPDATE rental.reservations SET status = 'CANCELLED', memo = '취소: plans changed', updated_at = at
  FROM moment WHERE status = 'BOOKED' AND id % 11 = {day} % 11 RETURNING 1)
  SELECT 'reservations cancelled', count(*) FROM changed;
WITH changed AS (INSERT INTO rental.reservations SELECT * FROM new_reservations RETURNING 1)
  SELECT 'reservations made', count(*) FROM changed;
WITH changed AS (DELETE FROM rental.reservations WHERE status = 'CANCELLED' AND id % 60 = {day} % 60 RETURNING id),
noted AS (INSERT INTO company.deletions SELECT 'reservations', id, {day} FROM changed)
  SELECT 'cancelled reservations deleted', count(*) FROM changed;
WITH changed AS (UPDATE rental.zones SET capacity = capacity + 1, is_open = true, updated_at = at
  FROM moment WHERE id % 30 = {day} % 30 RETURNING 1)
  SELECT 'zones enlarged', count(*) FROM changed;
UPDATE company.calendar SET day = {day};
COMMIT;
"""

_BILLING = """
SET @at = {at};
START TRANSACTION;
{load}
SELECT 'payments received', ROW_COUNT();
UPDATE payments SET updated_at = @at WHERE id >= {first_payment};
UPDATE payments SET status = 'REFUNDED', refunded_amount = amount, memo = '고객 요청 환불', updated_at = @at
  WHERE status = 'PAID' AND id MOD 900 = 2 * {day} MOD 900;
SELECT 'payments refunded', ROW_COUNT();
UPDATE payments SET settled_on = '{today}', updated_at = @at WHERE settled_on IS NULL AND status <> 'FAILED' AND paid_at < '{open}';
SELECT 'payments settled', ROW_COUNT();
DELETE FROM payments WHERE status = 'FAILED' AND id MOD 50 = (2 * {day} + 1) MOD 50;
SELECT 'failed payments deleted', ROW_COUNT();
UPDATE coupons SET is_active = 0, expired_at = '{open}', updated_at = @at WHERE is_active = 1 AND valid_until < '{today}';
SELECT 'coupons expired', ROW_COUNT();
DELETE FROM coupons WHERE used_at IS NULL AND expired_at < '{open}' - INTERVAL 14 DAY;
SELECT 'old coupons deleted', ROW_COUNT();
UPDATE company_calendar SET day = {day};
COMMIT;
"""


def next_day(postgresql: PostgreSQL, mariadb: MariaDB, at: str | None, tell: Callable[[str], None]) -> int:
    """Each database keeps its own day: when one could not follow last time, it alone is brought up to the same day."""
    rental_row, billing_row = calendar_row.read(postgresql), calendar_row.read(mariadb)
    if rental_row is None or billing_row is None:
        raise SystemExit("next-day: there is no company yet, run e2e/company/generate first")
    day = min(rental_row.day, billing_row.day) + 1
    world = World.create(rental_row.seed, rental_row.scale)
    book = Book.of_day(world, day)
    made = list(bookings(world, book, 0, book.count))
    dates = {"day": day, "close": clock.text(book.close) + "+00", "open": clock.text(book.close - clock.DAY)[:19], "today": clock.day_text(book.close - clock.DAY)}

    tell(f"day {day} ({dates['today']} in the company's calendar)")
    if rental_row.day < day:
        tell(_counts(postgresql.run(_RENTAL.format(
            at=f"timestamptz '{at}+00'" if at else "now()", **dates,
            members="".join(_joining(world, day)), reservations="".join(b.reservation for b in made),
        ))))
    if billing_row.day < day:
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".tsv") as payments:
            payments.writelines(b.payments for b in made)
            payments.flush()
            tell(_counts(mariadb.run(_BILLING.format(
                at=f"timestamp '{at}'" if at else "NOW(6)", **dates,
                load=mariadb.load("payments", payments.name), first_payment=2 * book.first_id,
            ))))
    return day


def _joining(world: World, day: int) -> Iterable[str]:
    count = max(3, world.members // 800)
    ids = bits(world.seed, "joining", day)
    return rental.members(world, world.members + (day - 1) * count, [uuid(ids) for _ in range(count)], clock.HISTORY_DAYS + day - 1)


def _counts(output: str) -> str:
    pairs = [line.replace("|", "\t").split("\t") for line in output.splitlines()]
    return "\n".join(f"  {label:<32}{int(rows):>8,}" for label, rows in pairs)


def main() -> None:
    parser = argparse.ArgumentParser(prog="next-day", description="Advances the company by one day: inserts, updates and deletes in both databases.")
    parser.add_argument("--days", type=int, default=1)
    parser.add_argument("--at", metavar="'2025-07-02 01:02:03'", help="what updated_at shall say, in UTC (default: now)")
    add_databases(parser)
    asked = parser.parse_args()
    for _ in range(asked.days):
        next_day(*databases(asked), asked.at, lambda line: print(line, flush=True))


if __name__ == "__main__":
    with fail_in_words("next-day"):
        main()
