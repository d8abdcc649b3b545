"""Runs the service; its settings are in the environment (README.md lists them)."""

from __future__ import annotations

import os
from pathlib import Path

from coverage_fee.model import Model
from coverage_fee.service import run

run(Model.read(Path(os.environ.get("MODEL_FOLDER", "/app/model"))))
