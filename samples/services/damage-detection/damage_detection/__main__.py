"""Runs the service; its settings are in the environment (README.md lists them)."""

from __future__ import annotations

import os
from pathlib import Path

from damage_detection.app import create
from damage_detection.model import Model
from serving.run import run
from serving.state import State

state = State("the model has not been read yet")
run(create(Model.read(Path(os.environ.get("MODEL_FOLDER", "/app/model"))), state), state)
