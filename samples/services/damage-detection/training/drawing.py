"""Draws a piece of a car's side as a camera sees it: light that falls off, an edge, a reflection, noise; and damage."""

from __future__ import annotations

import io

import numpy
from PIL import Image

Box = tuple[int, int, int, int]  # left, top, right, bottom


def panel(rng: numpy.random.Generator, height: int, width: int) -> numpy.ndarray:
    """Painted metal without damage, in greys from 0 to 1."""
    y, x = numpy.mgrid[0:height, 0:width] / max(height, width)
    angle = rng.uniform(0, 2 * numpy.pi)
    grey = rng.uniform(0.25, 0.75) + rng.uniform(0.05, 0.25) * (numpy.cos(angle) * x + numpy.sin(angle) * y)
    for _ in range(int(rng.integers(1, 4))):  # soft reflections
        at, wide = rng.uniform(0, 1, 2), rng.uniform(0.1, 0.4)
        grey += rng.uniform(-0.12, 0.12) * numpy.exp(-((x - at[0]) ** 2 + (y - at[1]) ** 2) / (2 * wide**2))
    if rng.random() < 0.6:  # the straight gap between two parts, which is no scratch
        angle, offset = rng.uniform(0, numpy.pi), rng.uniform(0.2, 0.8)
        away = numpy.cos(angle) * (x - offset) + numpy.sin(angle) * (y - offset)
        grey -= rng.uniform(0.15, 0.35) * numpy.exp(-((away * max(height, width)) ** 2) / (2 * 2.5**2))
    return grey + rng.normal(0, 0.008, grey.shape)


def scratch(rng: numpy.random.Generator, grey: numpy.ndarray, at: tuple[float, float], length: float) -> Box:
    """A thin crooked line down to the primer."""
    height, width = grey.shape
    y, x = numpy.mgrid[0:height, 0:width]
    points = [at]
    angle = rng.uniform(0, 2 * numpy.pi)
    for _ in range(4):
        angle += rng.normal(0, 0.35)
        last = points[-1]
        points.append((last[0] + numpy.sin(angle) * length / 4, last[1] + numpy.cos(angle) * length / 4))
    away = numpy.full(grey.shape, numpy.inf)
    for (y0, x0), (y1, x1) in zip(points, points[1:]):
        t = numpy.clip(((y - y0) * (y1 - y0) + (x - x0) * (x1 - x0)) / ((y1 - y0) ** 2 + (x1 - x0) ** 2), 0, 1)
        away = numpy.minimum(away, numpy.hypot(y - y0 - t * (y1 - y0), x - x0 - t * (x1 - x0)))
    light = rng.choice((-1, 1)) * rng.uniform(0.25, 0.45)
    grey += light * numpy.exp(-(away**2) / (2 * rng.uniform(0.6, 1.0) ** 2)) * rng.uniform(0.7, 1, grey.shape)
    ys, xs = [it[0] for it in points], [it[1] for it in points]
    return int(min(xs)), int(min(ys)), int(max(xs)) + 1, int(max(ys)) + 1


def dent(rng: numpy.random.Generator, grey: numpy.ndarray, at: tuple[float, float], size: float) -> Box:
    """A hollow: dark where it turns from the light, bright on the other side."""
    y, x = numpy.mgrid[0 : grey.shape[0], 0 : grey.shape[1]]
    dy, dx = (y - at[0]) / size, (x - at[1]) / size
    angle = rng.uniform(0, 2 * numpy.pi)
    slope = (numpy.sin(angle) * dy + numpy.cos(angle) * dx) * numpy.exp(-(dy**2 + dx**2))
    grey += rng.uniform(0.5, 0.8) * slope
    return int(at[1] - size), int(at[0] - size), int(at[1] + size), int(at[0] + size)


def encoded(grey: numpy.ndarray, form: str = "JPEG") -> bytes:
    """As a file that a telephone would send."""
    out = io.BytesIO()
    levels = (numpy.clip(grey, 0, 1) * 255).astype(numpy.uint8)
    Image.fromarray(numpy.stack([levels] * 3, 2)).save(out, form, quality=90)
    return out.getvalue()


def decoded(content: bytes) -> numpy.ndarray:
    with Image.open(io.BytesIO(content)) as image:
        return numpy.asarray(image.convert("L"), numpy.float64) / 255
