"""Whether a fitted model may read. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

TRAINED = "trained"
MEASURE = "full.all"
"""Whole attributions: the same head of the source and half of the content, whatever the quotation."""


@dataclass(frozen=True)
class HeldOut:
    """F1 of a model and of the default extractor on the same texts, in the scorer's unit; how many, held out how."""

    trained: float
    default: float
    documents: int
    how: str

    @property
    def worse(self) -> bool:
        return self.trained < self.default


def held_out(figures: Mapping[str, Any]) -> HeldOut | None:
    """The figures that decide, or ``None`` where a model was never measured on texts held out."""
    told = figures.get("held_out") or {}
    trained, default = (_f1(told.get(which)) for which in ("trained", "default"))
    if trained is None or default is None:
        return None
    return HeldOut(trained, default, int(told.get("documents", 0)), str(told.get("how", "")))


def _f1(measures: object) -> float | None:
    whole = measures.get(MEASURE) if isinstance(measures, Mapping) else None
    f1 = whole.get("f1") if isinstance(whole, Mapping) else None
    return float(f1) if isinstance(f1, int | float) else None


def trained_version(name: str) -> str | None:
    """The version in ``trained:VERSION``; empty in ``trained``, which means the newest; ``None`` in any other name."""
    head, _, version = name.partition(":")
    return version if head == TRAINED else None
