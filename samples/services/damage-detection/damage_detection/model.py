"""A small neural network that judges tiles, and what it makes of a whole photo."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import numpy

from damage_detection.photo import FEATURES, STEP, TILE, luminance, tiles

KINDS = ("none", "scratch", "dent")
SURE = 0.9  # below it a tile counts as undamaged
LEAST = 2  # tiles of a damage: they overlap, so nothing shows in one of them alone


@dataclass(frozen=True)
class Region:
    """A damaged part, in pixels of the upload."""

    kind: str
    score: float
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class Model:
    """Two layers, of which the first is cut off at zero."""

    digest: str
    weights: tuple[numpy.ndarray, numpy.ndarray]
    biases: tuple[numpy.ndarray, numpy.ndarray]

    @classmethod
    def read(cls, folder: Path) -> Model:
        file = folder / "damage.json"
        content = file.read_bytes()
        said = json.loads(content)
        weights = tuple(numpy.array(it) for it in said["weights"])
        if tuple(said["kinds"]) != KINDS or weights[0].shape[0] != FEATURES or weights[-1].shape[1] != len(KINDS):
            raise ValueError(f"{file} is for {weights[0].shape[0]} features and {said['kinds']}, this service computes {FEATURES} and {list(KINDS)}: they must be of one release")
        return cls("sha256:" + hashlib.sha256(content).hexdigest(), weights, tuple(numpy.array(it) for it in said["biases"]))

    def judge(self, features: numpy.ndarray) -> numpy.ndarray:
        """A row of probabilities, in the order of KINDS, for every row of features."""
        hidden = numpy.maximum(features @ self.weights[0] + self.biases[0], 0)
        out = hidden @ self.weights[1] + self.biases[1]
        out = numpy.exp(out - out.max(1, keepdims=True))
        return out / out.sum(1, keepdims=True)

    def regions(self, content: bytes) -> list[Region]:
        """The damaged parts of a photo, the surest first."""
        grey, scale = luminance(content)
        features, shape = tiles(grey)
        judged = self.judge(features).reshape(*shape, len(KINDS))
        found = []
        for kind in (1, 2):
            sure = judged[:, :, kind] >= SURE
            for rows, columns in groups(sure):
                if len(rows) < LEAST:
                    continue
                box = [min(columns) * STEP, min(rows) * STEP, max(columns) * STEP + TILE, max(rows) * STEP + TILE]
                left, top, right, bottom = (round(it * scale) for it in box)
                score = float(judged[rows, columns, kind].max())
                found.append(Region(KINDS[kind], round(score, 4), left, top, right - left, bottom - top))
        return sorted(found, key=lambda it: -it.score)


def groups(marked: numpy.ndarray) -> list[tuple[list[int], list[int]]]:
    """Marked fields that touch one another, also at a corner: their rows and their columns."""
    left = {(int(y), int(x)) for y, x in numpy.argwhere(marked)}
    found = []
    while left:
        border, group = [left.pop()], []
        while border:
            y, x = border.pop()
            group.append((y, x))
            near = {(y + i, x + j) for i in (-1, 0, 1) for j in (-1, 0, 1)} & left
            left -= near
            border.extend(near)
        found.append(([y for y, _ in group], [x for _, x in group]))
    return found
