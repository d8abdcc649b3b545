#!/usr/bin/env python3
"""train.py FOLDER: trains the price model and writes FOLDER/price.json. The same input gives the same bytes.

The company has no record of the prices that members would have paid, so the history is drawn: offers at demands, hours
and lengths of all kinds, with the factor at which half of the members took them. The seed is fixed.
"""

from __future__ import annotations

import json
import math
import sys
from datetime import datetime, timedelta
from pathlib import Path

import numpy
from sklearn.linear_model import Ridge
from sklearn.metrics import r2_score

from price_service.model import FEATURES, features

OFFERS = 20_000
INFLUENCE = (0.18, 0.08, -0.12, 0.05, 0.09, -0.06)  # of FEATURES, on what members accept


def history() -> tuple[numpy.ndarray, numpy.ndarray]:
    rng = numpy.random.default_rng(7)
    rows, factors = [], []
    monday = datetime(2026, 1, 5)
    for _ in range(OFFERS):
        relative = float(numpy.exp(rng.normal(0, 0.7)))
        at = monday + timedelta(hours=int(rng.integers(0, 24 * 7)))
        minutes = int(rng.integers(30, 72 * 60))
        x = features(relative, at, minutes)
        accepted = 0.02 + math.sumprod(INFLUENCE, x)
        rows.append(x)
        factors.append(accepted + rng.normal(0, 0.08))
    return numpy.array(rows), numpy.array(factors)


def main(folder: Path) -> None:
    x, y = history()
    train = len(x) * 4 // 5
    model = Ridge(alpha=1.0, solver="cholesky").fit(x[:train], y[:train])
    score = r2_score(y[train:], model.predict(x[train:]))
    if score < 0.7:
        sys.exit(f"the model explains only {score:.0%} of what it has not seen: it is not fit to be shipped")
    folder.mkdir(parents=True, exist_ok=True)
    # six digits: what lies beyond differs from processor to processor
    said = {
        "features": list(FEATURES),
        "intercept": round(float(model.intercept_), 6),
        "coefficients": [round(float(it), 6) for it in model.coef_],
        "trained_on": OFFERS,
        "r2": round(float(score), 3),
    }
    (folder / "price.json").write_text(json.dumps(said, indent=1) + "\n")
    print(f"price model: r2 {score:.3f}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
