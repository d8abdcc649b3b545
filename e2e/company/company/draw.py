"""Seeded draws. `random.Random` promises the same bits for the same seed in every version of Python;
only `getrandbits` is used, because the methods above it do not promise that."""

from __future__ import annotations

from random import Random

NULL = r"\N"


def bits(seed: int, *place: object) -> Random:
    """An independent stream for one place in the data: equal whatever else is generated, in whatever order."""
    return Random("/".join(map(str, (seed, *place))))


def skewed(rng: Random, n: int) -> int:
    """An index below n. Low ones are hot: the first is drawn 5 times as often as the average one,
    a tenth of all takes more than a third of the draws."""
    u = rng.getrandbits(20)
    return ((u << 40) + 4 * u * u * u) * n // (5 << 60)


def uuid(rng: Random) -> str:
    h = f"{rng.getrandbits(128):032x}"
    return f"{h[:8]}-{h[8:12]}-4{h[13:16]}-a{h[17:20]}-{h[20:]}"


def money(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"
