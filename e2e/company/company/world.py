"""How much there is of everything, and what the tables have to agree on (keys, rates, which car stands where)."""

from __future__ import annotations

from dataclasses import dataclass

from company import clock, words
from company.draw import bits, skewed, uuid

ZONES, CARS, MEMBERS, RESERVATIONS, COUPONS = 300, 8_000, 120_000, 550_000, 40_000
RESERVATIONS_PER_COUPON = 20  # every 20th reservation redeems a coupon


@dataclass(frozen=True)
class World:
    seed: int
    zones: int
    cars: int
    members: int
    reservations: int
    coupons: int
    reservations_per_day: int
    member_ids: list[str]
    car_zone: list[int]
    car_model: list[int]

    @staticmethod
    def create(seed: int, scale: float) -> World:
        def sized(n: int, least: int = 1) -> int:
            return max(least, round(n * scale))

        zones, cars, members = sized(ZONES, 12), sized(CARS, 20), sized(MEMBERS, 50)
        reservations = sized(RESERVATIONS, 200)
        ids, streets = bits(seed, "member ids"), bits(seed, "car zones")
        return World(
            seed, zones, cars, members, reservations,
            coupons=max(sized(COUPONS), reservations // RESERVATIONS_PER_COUPON + 10),
            reservations_per_day=max(10, reservations // clock.HISTORY_DAYS),
            member_ids=[uuid(ids) for _ in range(members)],
            car_zone=[1 + skewed(streets, zones) for _ in range(cars)],
            car_model=[streets.getrandbits(16) % len(words.MODELS) for _ in range(cars)],
        )
