import json
from pathlib import Path
from typing import Any

import pytest

from apps.attribution.learning.model import Trained
from apps.attribution.learning.training import train

CHALLENGE = Path(__file__).parents[1] / "challenge" / "en.jsonl"


@pytest.fixture(scope="session")
def gold() -> list[dict[str, Any]]:
    """The challenge set's passages: enough to fit a model that finds something, few enough to do it in seconds."""
    return [json.loads(line) for line in CHALLENGE.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="session")
def fitted(gold: list[dict[str, Any]]) -> Trained:
    """A model fitted on every passage but each fourth, measured on those."""
    held_out = gold[::4]
    return train([record for record in gold if record not in held_out], held_out=held_out, seed=1)
