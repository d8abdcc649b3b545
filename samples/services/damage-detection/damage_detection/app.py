"""POST /v1/photos: a photo in, its damaged parts out."""

from __future__ import annotations

import os
from typing import Annotated

from anyio import CapacityLimiter, to_thread
from fastapi import FastAPI, File, HTTPException, UploadFile
from prometheus_client import CollectorRegistry, Counter
from pydantic import BaseModel

from damage_detection.model import Model, Region
from damage_detection.photo import NoPhoto
from serving.http import application
from serving.state import State

MOST_BYTES = 10 * 1024 * 1024


class Judgement(BaseModel):
    """What is seen on a photo."""

    damaged: bool
    parts: list[Region]
    model: str


def create(model: Model, state: State, at_once: int = len(os.sched_getaffinity(0))) -> FastAPI:
    registry = CollectorRegistry()
    app = application("damage-detection", state, registry)
    judged = Counter("damage_photos", "Photos by what was seen", ["damaged"], registry=registry)
    # more photos at once than cores would only make each of them slower, and hold all in memory
    limiter = CapacityLimiter(at_once)

    @app.post("/v1/photos")
    async def photos(photo: Annotated[UploadFile, File(description="JPEG, PNG or WebP, at most 10 MB")]) -> Judgement:
        content = await photo.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise HTTPException(413, f"photo has more than {MOST_BYTES} bytes: send a smaller one")
        try:
            regions = await to_thread.run_sync(model.regions, content, limiter=limiter)
        except NoPhoto as e:
            raise HTTPException(415, f"photo: {e}") from e
        judged.labels(str(bool(regions)).lower()).inc()
        return Judgement(damaged=bool(regions), parts=regions, model=model.digest[:19])

    state.ready()
    return app
