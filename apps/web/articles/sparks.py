"""The latest times that a feed was asked, as a small drawing: one mark each, told apart by shape as well as by tone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.articles.models import Poll

HEIGHT: Final = 22
STEP: Final = 6
BAR: Final = 4
_LOWEST, _HIGHEST = 5, 20
_MANY: Final = 50
"""So many new articles at once reach the top."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One time of asking, at ``x`` from the left: a bar ``height`` pixels high (new articles), a tick (none), a cross
    (failed)."""

    x: int
    kind: str
    height: int

    @property
    def y(self) -> int:
        return HEIGHT - self.height

    @property
    def right(self) -> int:
        return self.x + BAR


@dataclass(frozen=True, slots=True)
class Spark:
    marks: tuple[Mark, ...]
    width: int
    height: int
    label: str


def spark(polls: Sequence[Poll], *, most: int) -> Spark:
    """``polls`` the oldest first, at most ``most``: the drawing is as wide as for that many, the newest at its end."""
    shown = polls[-most:]
    first = (most - len(shown)) * STEP
    marks = tuple(_mark(poll, first + place * STEP) for place, poll in enumerate(shown))
    return Spark(marks=marks, width=most * STEP, height=HEIGHT, label=_label(shown))


def _mark(poll: Poll, x: int) -> Mark:
    if poll.outcome == Poll.Outcome.FAILED:
        return Mark(x, "failed", BAR)
    if not poll.taken:
        return Mark(x, "none", 2)
    share = min(1.0, math.log1p(poll.taken) / math.log1p(_MANY))
    return Mark(x, "new", round(_LOWEST + share * (_HIGHEST - _LOWEST)))


def _label(polls: Sequence[Poll]) -> str:
    if not polls:
        return _("Not asked yet")
    failed = sum(poll.outcome == Poll.Outcome.FAILED for poll in polls)
    new = sum(poll.taken > 0 for poll in polls)
    asked = ngettext("Asked %(n)s time", "Asked %(n)s times", len(polls)) % {"n": len(polls)}
    return _("%(asked)s: %(new)s with new articles, %(failed)s failed") % {"asked": asked, "new": new, "failed": failed}
