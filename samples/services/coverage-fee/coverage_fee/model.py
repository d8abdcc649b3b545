"""Two generalised linear models: of how many damages a ride has, and of what one costs."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass
from pathlib import Path

CLASSES = ("COMPACT", "MIDSIZE", "SUV", "ELECTRIC")
OWN_SHARE = {"BASIC": 700_000, "STANDARD": 300_000, "FULL": 0}  # KRW of a damage that the member pays
LOADING = 1.25  # administration and profit, over what is expected to be paid
LEAST = 1_000  # KRW
FREQUENCY = ("young", "novice", "log_hours", "log_km", "suv", "electric")
SEVERITY = ("midsize", "suv", "electric", "young")


@dataclass(frozen=True)
class Ride:
    """What is known of a ride before it begins."""

    driver_age: int
    years_licensed: int
    car_class: str
    minutes: int
    expected_km: float


def frequency_features(ride: Ride) -> tuple[float, ...]:
    """In the order of FREQUENCY."""
    return (
        max(0.0, (30 - ride.driver_age) / 9),
        max(0.0, (5 - ride.years_licensed) / 5),
        math.log(ride.minutes / 60),
        math.log1p(ride.expected_km),
        float(ride.car_class == "SUV"),
        float(ride.car_class == "ELECTRIC"),
    )


def severity_features(ride: Ride) -> tuple[float, ...]:
    """In the order of SEVERITY."""
    return (
        float(ride.car_class == "MIDSIZE"),
        float(ride.car_class == "SUV"),
        float(ride.car_class == "ELECTRIC"),
        max(0.0, (30 - ride.driver_age) / 9),
    )


@dataclass(frozen=True)
class Linear:
    """exp(intercept + coefficients · features)."""

    intercept: float
    coefficients: tuple[float, ...]

    def mean(self, features: tuple[float, ...]) -> float:
        return math.exp(self.intercept + math.sumprod(self.coefficients, features))


@dataclass(frozen=True)
class Quote:
    """In KRW."""

    fee: int
    claim_probability: float
    expected_claim: int


@dataclass(frozen=True)
class Model:
    """Frequency and severity of damages."""

    digest: str
    frequency: Linear
    severity: Linear

    @classmethod
    def read(cls, folder: Path) -> Model:
        file = folder / "coverage.json"
        content = file.read_bytes()
        said = json.loads(content)
        parts = []
        for name, features in (("frequency", FREQUENCY), ("severity", SEVERITY)):
            part = said[name]
            if tuple(part["features"]) != features:
                raise ValueError(f"{file}: {name} was trained on {part['features']}, this service computes {list(features)}: they must be of one release")
            parts.append(Linear(part["intercept"], tuple(part["coefficients"])))
        return cls("sha256:" + hashlib.sha256(content).hexdigest(), *parts)

    def quote(self, ride: Ride, plan: str) -> Quote:
        damages = self.frequency.mean(frequency_features(ride))
        cost = self.severity.mean(severity_features(ride))
        # damages cost what they do about their mean exponentially: so much of one lies above the own share
        paid = cost * math.exp(-OWN_SHARE[plan] / cost)
        fee = max(LEAST, math.ceil(damages * paid * LOADING / 100) * 100)
        return Quote(fee, 1 - math.exp(-damages), round(cost))
