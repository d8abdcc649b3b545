"""From an uploaded file to tiles that the model can judge."""

from __future__ import annotations

import io

import numpy
from PIL import Image, ImageOps, UnidentifiedImageError

TILE = 32  # pixels
STEP = 16
WIDTH = 512  # of the longer side, to which photos are brought
CELL = 8
DIRECTIONS = 9
FEATURES = (TILE // CELL) ** 2 * (DIRECTIONS + 1)
FORMATS = ("JPEG", "PNG", "WEBP")
MOST_PIXELS = 50_000_000


class NoPhoto(Exception):
    """The upload cannot be judged; the message says why."""


def luminance(content: bytes) -> tuple[numpy.ndarray, float]:
    """The photo in greys from 0 to 1, and by what its pixels must be multiplied to be those of the upload."""
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            if image.width * image.height > MOST_PIXELS:
                raise NoPhoto(f"the photo has {image.width}×{image.height} pixels: at most {MOST_PIXELS} are judged")
            if min(image.size) < TILE:
                raise NoPhoto(f"the photo has {image.width}×{image.height} pixels: the shorter side must have {TILE}")
            longest = max(image.size)
            image.draft("L", (WIDTH, WIDTH))  # a JPEG of a telephone is decoded at a fraction of its size
            grey = ImageOps.exif_transpose(image).convert("L")
            grey.thumbnail((WIDTH, WIDTH), Image.Resampling.BOX)
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as e:
        raise NoPhoto(f"this is no photo in one of the formats {', '.join(FORMATS)}: {e}") from e
    return numpy.asarray(grey, numpy.float64) / 255, longest / max(grey.size)


def tiles(grey: numpy.ndarray) -> tuple[numpy.ndarray, tuple[int, int]]:
    """The features of every tile, row by row, and how many tiles there are in a column and in a row."""
    dy, dx = numpy.gradient(grey)
    strength = numpy.hypot(dx, dy)
    direction = ((numpy.arctan2(dy, dx) % numpy.pi) * (DIRECTIONS / numpy.pi)).astype(int) % DIRECTIONS
    # one plane per direction, and the brightness; a cell is the mean of a square of them
    planes = numpy.stack([numpy.where(direction == it, strength, 0) for it in range(DIRECTIONS)] + [grey])
    height, width = ((side // CELL) * CELL for side in grey.shape)
    cells = planes[:, :height, :width].reshape(DIRECTIONS + 1, height // CELL, CELL, width // CELL, CELL).mean((2, 4))
    windows = numpy.lib.stride_tricks.sliding_window_view(cells, (TILE // CELL, TILE // CELL), (1, 2))
    windows = windows[:, :: STEP // CELL, :: STEP // CELL]
    features = windows.transpose(1, 2, 0, 3, 4).reshape(-1, DIRECTIONS + 1, (TILE // CELL) ** 2).copy()
    # what a tile shows must not depend on the light
    features[:, :DIRECTIONS] /= features[:, :DIRECTIONS].std((1, 2), keepdims=True) + 0.002
    features[:, DIRECTIONS] -= features[:, DIRECTIONS].mean(1, keepdims=True)
    features[:, DIRECTIONS] /= 0.05
    return features.reshape(-1, FEATURES), (windows.shape[1], windows.shape[2])
