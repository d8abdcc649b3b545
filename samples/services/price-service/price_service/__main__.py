"""Runs the service; its settings are in the environment (README.md lists them)."""

from __future__ import annotations

import os
from pathlib import Path

from price_service.app import create
from price_service.mart import Warehouse
from price_service.model import Model
from serving.run import run
from serving.state import State

state = State("the mart has not been read yet")
model = Model.read(Path(os.environ.get("MODEL_FOLDER", "/app/model")))
warehouse = Warehouse.of_environment()
run(create(model, warehouse.demand, float(os.environ.get("REFRESH_SECONDS", "300")), state), state)
