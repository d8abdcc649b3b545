#!/usr/bin/env python3
"""train.py FOLDER: trains the damage model on drawn photos and writes FOLDER/damage.json, and two photos to try it with,
FOLDER/photos/{damaged,whole}.jpg. The seeds are fixed."""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path

import numpy
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from damage_detection.model import KINDS, Model
from damage_detection.photo import STEP, TILE, tiles
from training.drawing import decoded, dent, encoded, panel, scratch

PHOTOS = 700
SIDE = 160


def examples(seed: int, photos: int) -> tuple[numpy.ndarray, numpy.ndarray]:
    """Tiles of drawn photos. Those that show only a corner of the damage are left out: nobody could tell."""
    rng = numpy.random.default_rng(seed)
    rows, kinds = [], []
    for number in range(photos):
        grey = panel(rng, SIDE, SIDE)
        kind, before, at = number % 3, grey.copy(), rng.uniform(40, SIDE - 40, 2)
        if kind == 1:
            scratch(rng, grey, tuple(at), rng.uniform(30, 90))
        elif kind == 2:
            dent(rng, grey, tuple(at), rng.uniform(9, 16))
        changed = numpy.abs(grey - before)
        features, (down, right) = tiles(decoded(encoded(grey)))
        for n, row in enumerate(features):
            y, x = divmod(n, right)
            seen = changed[y * STEP : y * STEP + TILE, x * STEP : x * STEP + TILE]
            if kind == 1:
                share = (seen > 0.12).sum() / TILE  # length of scratch in the tile, of its side
            else:
                share = (seen > 0.04).mean() * 2.5
            if kind == 0 or share < 0.02:
                if rng.random() < 0.35:  # there is far more paint than damage
                    rows.append(row)
                    kinds.append(0)
            elif share > 0.5:
                rows.append(row)
                kinds.append(kind)
    return numpy.array(rows), numpy.array(kinds)


def photo(seed: int, damaged: bool) -> bytes:
    rng = numpy.random.default_rng(seed)
    grey = panel(rng, 384, 512)
    if damaged:
        scratch(rng, grey, (150, 150), 120)
        dent(rng, grey, (250, 380), 14)
    # twice the size at which the model looks at it
    return encoded(numpy.kron(grey, numpy.ones((2, 2))))


def main(folder: Path) -> None:
    x, y = examples(7, PHOTOS)
    unseen_x, unseen_y = examples(8, PHOTOS // 4)
    model = MLPClassifier((24,), alpha=1e-3, max_iter=40, random_state=7, early_stopping=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # 40 passes are enough, as the score shows
        model.fit(x, y)
    score = model.score(unseen_x, unseen_y)
    print(f"damage model: {score:.1%} of {len(unseen_y)} unseen tiles, {len(y)} seen")
    if score < 0.95:
        sys.exit(f"the model is right about only {score:.1%} of the tiles it has not seen: it is not fit to be shipped")
    folder.mkdir(parents=True, exist_ok=True)
    said = {
        "kinds": list(KINDS),
        "weights": [numpy.round(it, 4).tolist() for it in model.coefs_],
        "biases": [numpy.round(it, 4).tolist() for it in model.intercepts_],
    }
    (folder / "damage.json").write_text(json.dumps(said) + "\n")
    photos = folder / "photos"
    photos.mkdir(exist_ok=True)
    read = Model.read(folder)
    for name, damaged in (("damaged", True), ("whole", False)):
        content = photo(3, damaged)
        (photos / f"{name}.jpg").write_bytes(content)
        if bool(read.regions(content)) != damaged:
            sys.exit(f"the model is wrong about {name}.jpg: {read.regions(content)}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
