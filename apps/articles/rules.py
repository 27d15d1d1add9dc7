"""Where a text comes from, as far as it can be told. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

SHARED_SHINGLES = 2


@dataclass(frozen=True)
class Carrier:
    """An earlier article that carries much the same text."""

    article_id: int
    origin_id: int | None
    share: float
    first: datetime


@dataclass(frozen=True)
class Lineage:
    """What to record: an origin that is known, or a new one with this label, or (``None`` instead) nothing."""

    origin_id: int | None
    label: str
    grounds: str
    copied_from: int | None
    share: float


def lineage(*, carriers: Sequence[Carrier], credit: str, byline: str, outlet: str, first: datetime) -> Lineage | None:
    """The same text has the same origin; else a credit line names it; else a signed report is the outlet's own.

    Anything else is unknown, and counts as no origin. ``first`` is when the article was published, or preserved.
    """
    if carriers:
        nearest = max(carriers, key=lambda c: (c.origin_id is not None, c.share, -c.first.timestamp()))
        earlier = [c for c in carriers if c.first <= first]
        parent = min(earlier, key=lambda c: c.first) if earlier else None
        return Lineage(
            origin_id=nearest.origin_id,
            label=credit or outlet or "",
            grounds="same_text",
            copied_from=parent.article_id if parent else None,
            share=(parent or nearest).share,
        )
    if credit:
        return Lineage(None, credit, "own" if credit.casefold() == outlet.casefold() else "credit", None, 1.0)
    if byline and outlet:
        return Lineage(None, outlet, "own", None, 1.0)
    return None
