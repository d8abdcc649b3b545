"""The trained model: by how much demand, hour and weekday move a price."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

LOWEST, HIGHEST = 0.7, 1.8  # whatever the model says, nobody pays less or more than this share of the rate
FEATURES = ("log_demand", "weekend", "night", "morning_rush", "evening_rush", "log_hours")


def features(relative_demand: float, pickup_at: datetime, minutes: int) -> tuple[float, ...]:
    """The same for training and for answering, in the order of FEATURES."""
    hour = pickup_at.hour
    return (
        math.log(relative_demand),
        float(pickup_at.weekday() >= 5),
        float(hour < 6),
        float(7 <= hour < 10),
        float(17 <= hour < 20),
        math.log(minutes / 60),
    )


@dataclass(frozen=True)
class Model:
    """Coefficients of a ridge regression of the logarithm of the price's factor."""

    digest: str
    intercept: float
    coefficients: tuple[float, ...]

    @classmethod
    def read(cls, folder: Path) -> Model:
        file = folder / "price.json"
        content = file.read_bytes()
        said = json.loads(content)
        if tuple(said["features"]) != FEATURES:
            raise ValueError(f"{file} was trained on {said['features']}, this service computes {list(FEATURES)}: they must be of one release")
        return cls("sha256:" + hashlib.sha256(content).hexdigest(), said["intercept"], tuple(said["coefficients"]))

    def factor(self, relative_demand: float, pickup_at: datetime, minutes: int) -> float:
        exponent = self.intercept + math.sumprod(self.coefficients, features(relative_demand, pickup_at, minutes))
        return min(HIGHEST, max(LOWEST, math.exp(exponent)))
