"""GET /v1/price, answered from memory: the mart is read at the start and again every few minutes."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import FastAPI, HTTPException, Query
from prometheus_client import CollectorRegistry, Gauge
from pydantic import AwareDatetime, BaseModel

from price_service.mart import Demand, MartUnavailable
from price_service.model import Model
from serving.http import application
from serving.state import State

SEOUL = ZoneInfo("Asia/Seoul")
log = logging.getLogger("uvicorn.error")


class DemandThere(BaseModel):
    """What the mart says of the zone and the hour."""

    pickups_per_day: float
    relative: float
    data_through: str


class Price(BaseModel):
    """What a ride costs, in KRW, and why."""

    price: int
    currency: str = "KRW"
    factor: float
    demand: DemandThere
    model: str


class Prices:
    """The newest demand, beside the model. A read that fails leaves the older demand in place."""

    def __init__(self, model: Model, read: Callable[[], Demand], state: State, registry: CollectorRegistry) -> None:
        self.model = model
        self.read = read
        self.state = state
        self.demand: Demand | None = None
        self.read_at = Gauge("price_demand_read_timestamp_seconds", "When the mart was last read", registry=registry)
        self.through = Gauge("price_demand_through_timestamp_seconds", "Up to when the mart is complete", registry=registry)

    async def refresh(self) -> bool:
        try:
            newest = await asyncio.to_thread(self.read)
        except MartUnavailable as e:
            log.warning("the mart could not be read: %s", e)
            self.state.waits_for(f"the mart could not be read yet: {e}")
            return False
        if self.demand is None or newest.through != self.demand.through:
            log.info("demand of %d zones through %s", len(newest.zones), newest.through)
        self.demand = newest
        self.read_at.set(time.time())
        self.through.set(datetime.combine(newest.through, datetime.min.time(), SEOUL).timestamp())
        self.state.ready()
        return True

    async def follow(self, seconds: float) -> None:
        """Reads for ever: soon again as long as there is nothing to answer from, then every so many seconds."""
        retry = 1.0
        while True:
            if await self.refresh():
                retry = 1.0
                await asyncio.sleep(seconds)
            else:
                await asyncio.sleep(min(retry, seconds))
                retry *= 2

    def price(self, zone_id: int, pickup_at: datetime, minutes: int, hourly_rate: int) -> Price:
        demand = self.demand
        if demand is None:
            raise HTTPException(503, "no prices yet: the mart has not been read")
        if zone_id not in demand.zones:
            raise HTTPException(404, f"zone_id={zone_id}: nobody has picked up a car there within 28 days; zones are those of the mart's zone_hourly_demand")
        local = pickup_at.astimezone(SEOUL)
        relative = demand.relative(zone_id, local.hour)
        factor = self.model.factor(relative, local, minutes)
        return Price(
            price=round(hourly_rate * minutes / 60 * factor / 10) * 10,
            factor=round(factor, 4),
            demand=DemandThere(
                pickups_per_day=round(demand.per_day(zone_id, local.hour), 4),
                relative=round(relative, 4),
                data_through=demand.through.isoformat(),
            ),
            model=self.model.digest[:19],
        )


def create(model: Model, read: Callable[[], Demand], refresh_seconds: float, state: State) -> FastAPI:
    registry = CollectorRegistry()
    prices = Prices(model, read, state, registry)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        following = asyncio.create_task(prices.follow(refresh_seconds))
        yield
        following.cancel()
        with suppress(asyncio.CancelledError):
            await following

    app = application("price-service", state, registry, lifespan)

    @app.get("/v1/price")
    async def price(
        zone_id: Annotated[int, Query(ge=1)],
        pickup_at: AwareDatetime,
        minutes: Annotated[int, Query(ge=10, le=43_200)],
        hourly_rate: Annotated[int, Query(ge=100, le=1_000_000, description="of the car, in KRW")],
    ) -> Price:
        return prices.price(zone_id, pickup_at, minutes, hourly_rate)

    return app
