"""A stand-in for fitting, a few finished articles, and a process that has no model loaded."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest

from apps.attribution.learning.model import Trained
from apps.attribution.types import Attribution, Extractor
from apps.extractors import engines
from apps.extractors.services import Report
from tests.factories.finders import Finder, found
from tests.factories.worlds import World, a_world


def figures(trained: float, default: float, documents: int = 12) -> dict[str, Any]:
    """As fitting gives them, but for the measures that nobody here looks at."""
    measures = {"trained": {"full.all": {"f1": trained}}, "default": {"full.all": {"f1": default}}}
    return {"documents": 40, "attributions": 300, "held_out": {"documents": documents, "how": "given", **measures}}


class Fitting:
    """Stands in for fitting: remembers what it was given and makes a model of its contents' hash."""

    def __init__(self, *, trained: float = 0.6, default: float = 0.5) -> None:
        self.measures = figures(trained, default)
        self.records: list[Mapping[str, Any]] = []
        self.held_out: list[Mapping[str, Any]] | None = None

    def __call__(
        self,
        records: Sequence[Mapping[str, Any]],
        *,
        held_out: Sequence[Mapping[str, Any]] | None,
        seed: int,
        report: Report,
    ) -> Trained:
        self.records, self.held_out = list(records), list(held_out) if held_out is not None else None
        report("Fitting.")
        model = hashlib.sha256(json.dumps([self.records, seed], default=str).encode()).digest()
        return Trained(model=model, version=model.hex()[:12], figures=self.measures)


class Loaded(Finder):
    """What the stand-in's model reads with."""

    def __init__(self, model: bytes) -> None:
        super().__init__(_denials, name="trained", version=model.hex()[:12])


def _denials(text: str) -> list[Attribution]:
    return [found(text)]


@pytest.fixture
def world(db: None) -> World:
    return a_world()


@pytest.fixture(autouse=True)
def loads(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bytes]]:
    """Which bytes were made an extractor of, each time."""
    calls: list[bytes] = []

    def load(model: bytes) -> Extractor:
        calls.append(model)
        return Loaded(model)

    monkeypatch.setattr(engines, "load", load)
    engines._loaded.cache_clear()
    yield calls
    engines._loaded.cache_clear()
