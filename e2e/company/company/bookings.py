"""What members do: reservations (PostgreSQL), their payments and the coupons they redeem (MariaDB).

One reservation decides its payments and its coupon, so the three streams are made together and agree.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

from company import clock, words
from company.clock import DAY, HOUR, MINUTE, SECOND
from company.draw import NULL, bits, money, skewed, uuid
from company.world import RESERVATIONS_PER_COUPON, World

# bookings per hour of the day in Seoul: morning commute, lunch, a long evening peak
_BY_HOUR = (6, 4, 2, 1, 1, 2, 5, 14, 18, 12, 11, 13, 16, 13, 12, 13, 16, 24, 34, 36, 30, 22, 15, 10)
_BY_WEEKDAY = (85, 82, 86, 95, 125, 160, 135)
_HISTORY_CLOSE = clock.midnight(clock.HISTORY_DAYS)


@dataclass(frozen=True)
class Book:
    """Consecutive reservations spread over consecutive days: the whole history, or one later day."""

    first_id: int
    count: int
    first_day: int
    days: int

    @staticmethod
    def history(world: World) -> Book:
        return Book(1, world.reservations, 0, clock.HISTORY_DAYS)

    @staticmethod
    def of_day(world: World, day: int) -> Book:
        """The book of the day-th day after the history; the first is day 1."""
        n = world.reservations_per_day
        return Book(1 + world.reservations + (day - 1) * n, n, clock.HISTORY_DAYS + day - 1, 1)

    @property
    def close(self) -> int:
        return clock.midnight(self.first_day + self.days)

    def booking_times(self, first: int, end: int) -> Iterator[int]:
        """When reservations first .. end-1 (counted from 0) were made: ascending, by the day's and the week's rhythm."""
        weights = [
            _BY_HOUR[h] * _BY_WEEKDAY[clock.weekday(d)] * (200 + d)
            for d in range(self.first_day, self.first_day + self.days) for h in range(24)
        ]
        total = sum(weights)
        ends = [self.count * w // total for w in accumulate(weights)]
        start = clock.midnight(self.first_day)
        hour = bisect_right(ends, first)
        for n in range(first, end):
            while ends[hour] <= n:
                hour += 1
            before = ends[hour - 1] if hour else 0
            yield start + hour * HOUR + (n - before) * HOUR // (ends[hour] - before)


class Booking(NamedTuple):
    reservation: str
    payments: str
    coupon: str


def bookings(world: World, book: Book, first: int, end: int) -> Iterator[Booking]:
    rng, close = bits(world.seed, "bookings", book.first_id + first), book.close
    for n, created in enumerate(book.booking_times(first, end), book.first_id + first):
        yield _booking(world, rng, n, created, close)


def _booking(world: World, rng, n: int, created: int, close: int) -> Booking:
    r = rng.getrandbits(160)
    created += r % MINUTE  # unordered within a minute, as commits are
    car = skewed(rng, world.cars)
    zone = world.car_zone[car]
    member = world.member_ids[skewed(rng, world.members)]
    one_way = r % 9 == 0
    ahead = (r >> 8) % 8
    pickup = created + (30 + (r >> 12) % 90) * MINUTE if ahead < 5 else created + (r >> 12) % (14 * DAY)
    pickup -= pickup % (10 * MINUTE)
    hours = 1 + (r >> 50) % 6 if ahead else 24 + (r >> 50) % 72
    due = pickup + hours * HOUR
    back = due - 20 * MINUTE + (r >> 60) % (45 * MINUTE)
    distance = (hours * 9_000 + (r >> 70) % 60_000) / 1000
    fare = _fare(world, car, hours, distance)
    coupon = n // RESERVATIONS_PER_COUPON if n % RESERVATIONS_PER_COUPON == 0 and n <= world.reservations else 0
    discount = fare * (10 + n % 3 * 5) // 100 if coupon else 0
    returned = back <= close

    if r % 100 == 1 and pickup > close:
        status, updated = "DRAFT", created
    elif (r >> 20) % 12 == 0:
        status, updated, returned = "CANCELLED", min(close, created + (r >> 24) % (pickup - created + 1)), False
    elif returned:
        status, updated = "RETURNED", back
    elif pickup <= close:
        status, updated = "IN_USE", pickup
    else:
        status, updated = "BOOKED", created

    reservation = "\t".join((
        str(n), uuid(rng), member, str(car + 1), str(zone),
        NULL if not one_way and status != "RETURNED" else str(1 + (r >> 80) % world.zones if one_way else zone),
        status, words.CHANNELS[(r >> 90) % 16], "t" if one_way else "f",
        clock.text(pickup) + "+00", clock.text(due) + "+00", clock.text(back) + "+00" if returned else NULL,
        clock.text(pickup + clock.SEOUL)[11:19], str(distance) if returned else NULL,
        money(fare), money(discount) if coupon else NULL, words.OPTIONS[(r >> 100) % 8],
        words.MEMOS[(r >> 110) % 11] if (r >> 120) % 7 == 0 else NULL,
        clock.text(created) + "+00", clock.text(updated) + "+00",
    )) + "\n"
    if status == "DRAFT":
        return Booking(reservation, "", "")
    return Booking(
        reservation,
        _payments(rng, n, member, coupon, fare - discount, created, updated, status, close),
        _redeemed(rng, coupon, member, created) if coupon else "",
    )


def _fare(world: World, car: int, hours: int, distance: float) -> int:
    """In hundredths of a won: the hourly rate, a day capped at nine hours, and fuel by the kilometre."""
    days, rest = divmod(hours, 24)
    hourly = words.MODELS[world.car_model[car]][3]
    return (days * 9 + min(rest, 9)) * hourly * 100 + round(distance * 1000) * 17


def _payments(rng, n: int, member: str, coupon: int, amount: int, created: int, updated: int, status: str, close: int) -> str:
    r = rng.getrandbits(96)
    if (r >> 50) % 20 == 0 or (status == "CANCELLED" and (r >> 60) % 2):
        return ""  # invoiced to a company each month, or cancelled before it was paid
    refunded = status == "CANCELLED" and r % 10 != 0
    paid = created + 2 * SECOND + (r >> 8) % (3 * SECOND)
    changed = max(updated, paid) if refunded else paid
    lines = _payment(2 * n, r, member, coupon, "REFUNDED" if refunded else "PAID", amount, amount if refunded else None, paid, changed, close)
    if r % 25 == 1:  # the card was refused at first
        lines += _payment(2 * n + 1, r >> 5, member, 0, "FAILED", amount, None, paid - SECOND, paid - SECOND, close)
    return lines


def _payment(key: int, r: int, member: str, coupon: int, status: str, amount: int, refunded: int | None, paid: int, changed: int, close: int) -> str:
    settled = paid + 2 * DAY
    method = words.METHODS[(r >> 20) % 16]
    return "\t".join((
        str(key), f"{key:016x}{r & 0xFFFFFFFFFFFFFFFF:016x}", str(key // 2), member, str(coupon) if coupon else NULL,
        method, status, money(amount), NULL if refunded is None else money(refunded),
        str((r >> 30) % 7 if method == "CARD" and amount > 5_000_000 else 0), "1" if method == "CORPORATE" else "0",
        words.FLAGS[(r >> 40) % 16], clock.text(paid), NULL if settled > close or status == "FAILED" else clock.day_text(settled),
        "한도 초과 (limit exceeded)" if status == "FAILED" else "취소 환불" if refunded else NULL,
        clock.text(paid)[:19], clock.text(changed),
    )) + "\n"


def _redeemed(rng, coupon: int, member: str, used: int) -> str:
    issued = used - (1 + rng.getrandbits(10) % 60) * DAY
    return _coupon(coupon, rng.getrandbits(64), member, issued, used)


def unredeemed(world: World) -> Iterator[str]:
    """The coupons that no reservation of the history redeems."""
    rng = bits(world.seed, "coupons")
    close = Book.history(world).close
    for n in range(world.reservations // RESERVATIONS_PER_COUPON + 1, world.coupons + 1):
        r = rng.getrandbits(64)
        member = world.member_ids[skewed(rng, world.members)]
        yield _coupon(n, r, member, close - (r >> 10) % (120 * DAY), None)


def _coupon(n: int, r: int, member: str, issued: int, used: int | None) -> str:
    kind = ("PERCENT", "FIXED", "FREE_HOURS")[r % 3]
    until = issued + (61 + (r >> 20) % 60) * DAY
    expired = used is None and until < _HISTORY_CLOSE
    return "\t".join((
        str(n), f"{r & 0xFFFFFFFFFF:010X}-{n:06d}", words.COUPON_NAMES[(r >> 8) % 6], member, kind,
        ("15.00", "5000.00", "2.00")[r % 3], NULL if r % 4 else f"{(r >> 30) % 40 / 10 + 1}", words.WEEKDAYS[(r >> 40) % 5],
        "0" if used or expired else "1", clock.day_text(issued), NULL if r % 19 == 0 and not expired else clock.day_text(until),
        clock.text(issued), clock.text(used) if used else NULL, clock.text(until)[:19] if expired else NULL,
        clock.text(used or (until if expired else issued)),
    )) + "\n"
