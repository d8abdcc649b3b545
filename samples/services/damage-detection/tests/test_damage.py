"""What is seen on photos, and what is said of uploads that are none."""

from __future__ import annotations

import io
import os
import unittest
from pathlib import Path

import numpy
from fastapi.testclient import TestClient
from PIL import Image

from damage_detection.app import MOST_BYTES, create
from damage_detection.model import Model
from damage_detection.photo import FEATURES, tiles
from serving.state import State
from training.drawing import dent, encoded, panel, scratch

MODEL = Model.read(Path(os.environ["MODEL_FOLDER"]))


def drawn(seed: int, *damages: str, size: tuple[int, int] = (384, 512)) -> tuple[bytes, dict[str, tuple[int, int, int, int]]]:
    rng = numpy.random.default_rng(seed)
    grey = panel(rng, *size)
    boxes = {}
    if "scratch" in damages:
        boxes["scratch"] = scratch(rng, grey, (120, 130), 110)
    if "dent" in damages:
        boxes["dent"] = dent(rng, grey, (260, 400), 14)
    return encoded(grey), boxes


class Sure(Model):
    """Is sure of a dent in the first so many tiles, and of nothing else."""

    tiles = 0

    def judge(self, features: numpy.ndarray) -> numpy.ndarray:
        judged = numpy.tile([1.0, 0.0, 0.0], (len(features), 1))
        judged[: self.tiles] = [0.0, 0.0, 1.0]
        return judged


class RegionTest(unittest.TestCase):
    def regions(self, tiles: int) -> list[tuple[int, int, int, int]]:
        sure = type("", (Sure,), {"tiles": tiles})(MODEL.digest, MODEL.weights, MODEL.biases)
        return [(it.x, it.y, it.width, it.height) for it in sure.regions(drawn(1)[0])]

    def test_a_tile_alone_is_no_damage(self) -> None:
        self.assertEqual(self.regions(1), [])

    def test_tiles_that_touch_are_one_damage(self) -> None:
        self.assertEqual(self.regions(2), [(0, 0, 48, 32)])
        self.assertEqual(len(self.regions(40)), 1)


class DamageTest(unittest.TestCase):
    def setUp(self) -> None:
        self.client = self.enterContext(TestClient(create(MODEL, State("nothing"))))

    def judged(self, content: bytes) -> dict:
        answer = self.client.post("/v1/photos", files={"photo": ("photo.jpg", content, "image/jpeg")})
        self.assertEqual(answer.status_code, 200, answer.text)
        return answer.json()

    def refused(self, status: int, content: bytes) -> str:
        answer = self.client.post("/v1/photos", files={"photo": ("photo.jpg", content, "image/jpeg")})
        self.assertEqual(answer.status_code, status, answer.text)
        return answer.json()["detail"]

    def test_finds_what_was_drawn_where_it_was_drawn(self) -> None:
        for seed in range(100, 110):
            content, boxes = drawn(seed, "scratch", "dent")
            parts = self.judged(content)["parts"]
            for kind, (left, top, right, bottom) in boxes.items():
                hits = [
                    it
                    for it in parts
                    if it["kind"] == kind
                    and it["x"] < right
                    and left < it["x"] + it["width"]
                    and it["y"] < bottom
                    and top < it["y"] + it["height"]
                ]
                self.assertTrue(hits, f"the {kind} of photo {seed} at {boxes[kind]} is not among {parts}")

    def test_finds_nothing_on_paint_without_damage(self) -> None:
        wrong = [seed for seed in range(200, 220) if self.judged(drawn(seed)[0])["damaged"]]
        self.assertLessEqual(len(wrong), 1, f"photos {wrong} of 20 are called damaged")

    def test_speaks_of_the_pixels_of_the_upload(self) -> None:
        content, _ = drawn(100, "dent")
        with Image.open(io.BytesIO(content)) as image:
            large = io.BytesIO()
            image.resize((1536, 1152), Image.Resampling.NEAREST).save(large, "PNG")
        part = next(it for it in self.judged(large.getvalue())["parts"] if it["kind"] == "dent")
        self.assertTrue(1000 < part["x"] + part["width"] / 2 < 1400 and 600 < part["y"] + part["height"] / 2 < 950, part)

    def test_is_ready_and_counts(self) -> None:
        self.assertEqual(self.client.get("/ready").status_code, 200)
        self.judged(drawn(1)[0])
        self.assertIn('http_requests_total{code="200",method="POST",path="/v1/photos"} 1.0', self.client.get("/metrics").text)

    def test_says_what_is_wrong_with_an_upload(self) -> None:
        self.assertIn("no photo in one of the formats JPEG, PNG, WEBP", self.refused(415, b"GIF89a, or nearly"))
        self.assertIn("no photo", self.refused(415, drawn(1)[0][:2000]))
        tiny = io.BytesIO()
        Image.new("L", (31, 400)).save(tiny, "PNG")
        self.assertIn("the shorter side must have 32", self.refused(415, tiny.getvalue()))
        vast = io.BytesIO()
        Image.new("1", (9000, 9000)).save(vast, "PNG")
        self.assertIn("at most 50000000", self.refused(415, vast.getvalue()))
        self.assertIn("more than", self.refused(413, b"x" * (MOST_BYTES + 1)))

    def test_a_tile_does_not_depend_on_the_light(self) -> None:
        grey = panel(numpy.random.default_rng(5), 64, 64) * 0.5
        dark, shape = tiles(grey)
        bright, _ = tiles(grey + 0.3)
        self.assertEqual((shape, dark.shape), ((3, 3), (9, FEATURES)))
        numpy.testing.assert_allclose(dark, bright, atol=1e-6)


if __name__ == "__main__":
    unittest.main()
