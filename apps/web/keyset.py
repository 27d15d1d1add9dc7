"""Pages of long lists: everything after a place, never the n-th page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.translation import gettext as _

from apps.core.errors import Refusal

T = TypeVar("T")


class BadPlace(Refusal):
    """The place in a list that an address names cannot be read."""

    status = 400
    code = "bad_place"


@dataclass(frozen=True)
class Sheet(Generic[T]):
    """Rows of one page, and whether there are more after them."""

    rows: Sequence[T]
    more: bool


def cut(rows: Sequence[T], limit: int) -> Sheet[T]:
    """A page of ``limit`` rows, from ``limit + 1`` that were read."""
    return Sheet(rows[:limit], more=len(rows) > limit)


def place(request: HttpRequest, name: str = "before") -> int | None:
    """The place in the list that the address names, or ``None`` for its beginning. Raises :class:`BadPlace`."""
    raw = request.GET.get(name, "")
    if not raw:
        return None
    if not (raw.isascii() and raw.isdecimal() and len(raw) <= 18):
        raise BadPlace(_("“%(raw)s” is no place in this list.") % {"raw": raw[:40]})
    return int(raw)


def address(request: HttpRequest, **changed: object) -> str:
    """This page with other parameters; ``None`` leaves one out."""
    kept = {name: value for name, value in request.GET.items() if name not in changed}
    kept |= {name: str(value) for name, value in changed.items() if value is not None}
    return f"{request.path}?{urlencode(kept)}" if kept else request.path
