#!/usr/bin/env python3
"""train.py FOLDER: trains the coverage models and writes FOLDER/coverage.json. The same input gives the same bytes.

The history of rides and damages is drawn, with a fixed seed: the company's own claims are nobody's business.
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path

import numpy
from sklearn.linear_model import GammaRegressor, PoissonRegressor

from coverage_fee.model import CLASSES, FREQUENCY, SEVERITY, Ride, frequency_features, severity_features

RIDES = 60_000
OFTEN = (-5.6, (0.55, 0.6, 0.25, 0.35, 0.12, 0.08))  # intercept, and influence of FREQUENCY
DEAR = (13.0, (0.25, 0.5, 0.6, 0.1))  # of SEVERITY


def ride(rng: numpy.random.Generator) -> Ride:
    age = int(rng.integers(21, 75))
    return Ride(
        driver_age=age,
        years_licensed=int(rng.integers(0, age - 18)),
        car_class=CLASSES[int(rng.integers(0, len(CLASSES)))],
        minutes=int(rng.integers(30, 72 * 60)),
        expected_km=float(rng.gamma(2.0, 40.0)),
    )


def fitted(name: str, model: PoissonRegressor | GammaRegressor, x: list, y: list, features: tuple[str, ...]) -> dict:
    model.fit(numpy.array(x), numpy.array(y))
    explained = model.score(numpy.array(x), numpy.array(y))
    if explained <= 0.01:
        sys.exit(f"the model of {name} explains nothing (D² {explained:.3f}): it is not fit to be shipped")
    print(f"{name}: D² {explained:.3f} of {len(y)}")
    # four digits: what lies beyond differs from processor to processor
    return {
        "features": list(features),
        "intercept": round(float(model.intercept_), 4),
        "coefficients": [round(float(it), 4) for it in model.coef_],
    }


def main(folder: Path) -> None:
    rng = numpy.random.default_rng(7)
    often, damages, dear, costs = [], [], [], []
    for _ in range(RIDES):
        it = ride(rng)
        x = frequency_features(it)
        count = int(rng.poisson(math.exp(OFTEN[0] + math.sumprod(OFTEN[1], x))))
        often.append(x)
        damages.append(count)
        for _ in range(count):
            z = severity_features(it)
            dear.append(z)
            costs.append(float(rng.exponential(math.exp(DEAR[0] + math.sumprod(DEAR[1], z)))) + 1.0)
    said = {
        "frequency": fitted("frequency", PoissonRegressor(alpha=1e-6, max_iter=1000, tol=1e-8), often, damages, FREQUENCY),
        "severity": fitted("severity", GammaRegressor(alpha=1e-6, max_iter=1000, tol=1e-8), dear, costs, SEVERITY),
        "trained_on": {"rides": RIDES, "damages": len(costs)},
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "coverage.json").write_text(json.dumps(said, indent=1) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
