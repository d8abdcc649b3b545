"""PostgreSQL `rental`: zones, cars, members. Each function gives lines in the text format of COPY."""

from __future__ import annotations

from collections.abc import Iterator

from company import clock, words
from company.clock import DAY, HOUR, SEOUL, SECOND
from company.draw import NULL, bits, money, skewed
from company.world import World

CLOSE = clock.midnight(clock.HISTORY_DAYS)  # the history ends here; next-day goes on from here
_BEFORE_OPENING = clock.midnight(0) - 30 * DAY


def zones(world: World) -> Iterator[str]:
    rng = bits(world.seed, "zones")
    for n in range(world.zones):
        r = rng.getrandbits(64)
        ko, en, latitude, longitude = words.DISTRICTS[n % len(words.DISTRICTS)]
        place_ko, place_en = words.PLACES[(r >> 8) % len(words.PLACES)]
        all_day = r % 3
        opened = _BEFORE_OPENING - (r >> 24) % 2000 * DAY
        updated = CLOSE - (r >> 16) % 170 * DAY - (r % 86_400) * SECOND
        yield "\t".join((
            str(n + 1), f"{en[:3].upper()}-{n + 1:04d}", f"{ko} {place_ko}", NULL if r % 9 == 0 else f"{en} {place_en}",
            words.ZONE_KINDS[(r >> 40) % len(words.ZONE_KINDS)],
            f"{latitude + ((r >> 10) % 2000 - 1000) / 1e5:.6f}", f"{longitude + ((r >> 30) % 2000 - 1000) / 1e5:.6f}",
            str(2 + (r >> 12) % 38), NULL if all_day else "06:30:00", NULL if all_day else "23:59:59.5",
            "f" if r % 25 == 0 else "t", words.AMENITIES[(r >> 20) % len(words.AMENITIES)],
            clock.day_text(opened), clock.text(opened) + "+00", clock.text(updated) + "+00",
        )) + "\n"


def cars(world: World) -> Iterator[str]:
    rng = bits(world.seed, "cars")
    letters = words.PLATE_LETTERS
    for n in range(world.cars):
        r = rng.getrandbits(128)
        name, fuel, seats, hourly = words.MODELS[world.car_model[n]]
        year = 2019 + (r >> 8) % 6
        registered = _BEFORE_OPENING - (r >> 90) % 1500 * DAY + (r % 36_000) * SECOND
        updated = CLOSE - (r >> 16) % 120 * DAY - (r % 86_399_999) * 1000
        yield "\t".join((
            str(n + 1), f"{100 + n // len(letters) % 900}{letters[n % len(letters)]} {1000 + (n * 7919) % 9000}",
            f"KMH{r & 0xFFFFFFFF:08X}{n:06d}", str(world.car_zone[n]), name, fuel, str(year), str(seats),
            str(900 + (r >> 20) % 140_000), f"{(r >> 12) % 10_001 / 100}" if fuel == "ELECTRIC" else NULL,
            money(hourly * 100 + (r >> 14) % 4 * 25), words.FEATURES[(r >> 50) % len(words.FEATURES)],
            "f" if r % 41 == 0 else "t", NULL if r % 6 == 0 else clock.day_text(CLOSE - (r >> 60) % 330 * DAY),
            f"\\\\x{r:032x}", clock.text(registered), clock.text(registered - SEOUL) + "+00", clock.text(updated) + "+00",
        )) + "\n"


def members(world: World, first: int, ids: list[str], joining_day: int | None = None) -> Iterator[str]:
    """Members number first, first + 1, … with these ids: those of the history, or those who join on one later day."""
    rng = bits(world.seed, "members", first)
    for n, member_id in enumerate(ids, first):
        r = rng.getrandbits(192)
        given = (r >> 4) % 16
        name = words.FOREIGN[(r >> 8) % 8] if r % 13 == 0 else words.SURNAMES[(r >> 60) % 16] + words.GIVEN[given]
        within_day = (r >> 40) % (DAY - 4 * HOUR)
        if joining_day is None:
            joined = _BEFORE_OPENING - (r >> 24) % 1000 * DAY + within_day
            updated = CLOSE - (1 + (r >> 16) % 150) * DAY + within_day
        else:
            joined = updated = clock.midnight(joining_day) + within_day
        yield "\t".join((
            member_id, str(100_001 + n), name, f"{words.ROMAN[given]}.{n + 1}@{words.MAILS[(r >> 70) % 4]}",
            NULL if r % 17 == 0 else f"010-{1000 + (r >> 80) % 9000}-{1000 + (r >> 95) % 9000}",
            NULL if r % 11 == 0 else f"{1950 + (r >> 128) % 54}-{1 + (r >> 136) % 12:02d}-{1 + (r >> 144) % 28:02d}",
            words.GRADES[(r >> 100) % 16], NULL if r % 5 == 0 else str(1 + skewed(rng, world.zones)),
            (NULL, "t", "f", "t")[(r >> 110) % 4], NULL if r % 8 == 0 else clock.text(joined + 3 * HOUR) + "+00",
            f"\\\\x{r:048x}", NULL if r % 4 == 0 else f"{(r >> 150) % 4001 / 1000 + 1}",
            money((r >> 30) % 20 * 500_050 if r % 3 == 0 else 0),
            clock.text(joined + SEOUL), clock.text(joined) + "+00", clock.text(updated) + "+00",
        )) + "\n"
