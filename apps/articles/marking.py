"""A text with marks on it, as runs that nest: what a page draws, whatever overlaps. Pure; offsets in code points."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Generic, TypeVar

from apps.articles.texts import paragraphs

M = TypeVar("M")


@dataclass(frozen=True, slots=True)
class Mark(Generic[M]):
    """Something said of ``text[begins:ends]``; ``what`` is the page's."""

    begins: int
    ends: int
    what: M


@dataclass(frozen=True, slots=True)
class Run(Generic[M]):
    """Words that are all under the same marks, outermost first. ``opens`` and ``closes`` say how many of them begin
    and end here, so that a page may write each mark once around all its runs.
    """

    words: str
    under: tuple[M, ...]
    opens: tuple[M, ...]
    closes: tuple[M, ...]


@dataclass(frozen=True, slots=True)
class MarkedParagraph(Generic[M]):
    """A paragraph: its number from 1, where its text starts, and its runs in order; their words are all its text."""

    number: int
    begins: int
    runs: tuple[Run[M], ...]


def mark(text: str, marks: Iterable[Mark[M]]) -> list[MarkedParagraph[M]]:
    """The paragraphs of a text with marks laid over them, cut where they cross a paragraph or each other.

    Longer marks lie outside shorter ones. One that ends inside another that began later is closed there and the other
    opened again, so that what is written always nests. Marks outside the text are left out. Takes time linear in the
    text and the marks, as long as few lie over each other.
    """
    waiting = deque(sorted((m for m in marks if m.begins < m.ends), key=lambda m: (m.begins, -m.ends)))
    going_on: list[Mark[M]] = []
    marked = []
    for paragraph in paragraphs(text):
        while waiting and waiting[0].begins < paragraph.end:
            going_on.append(waiting.popleft())
        inside = [m for m in going_on if m.ends > paragraph.start]
        going_on = [m for m in inside if m.ends > paragraph.end]
        runs = tuple(_runs(text, paragraph.start, paragraph.end, inside))
        marked.append(MarkedParagraph(number=paragraph.number, begins=paragraph.start, runs=runs))
    return marked


def _runs(text: str, start: int, end: int, inside: Sequence[Mark[M]]) -> Iterable[Run[M]]:
    cuts = sorted({start, end, *(c for m in inside for c in (m.begins, m.ends) if start < c < end)})
    beginning: dict[int, list[Mark[M]]] = {}
    for one in inside:
        beginning.setdefault(max(one.begins, start), []).append(one)
    pieces: list[tuple[str, list[Mark[M]]]] = []
    order: list[Mark[M]] = []
    for begins, ends in pairwise(cuts):
        # What goes on keeps its place, so that it need not be closed and opened again.
        order = [m for m in order if m.ends > begins] + beginning.get(begins, [])
        pieces.append((text[begins:ends], order))
    before: list[Mark[M]] = []
    for place, (words, under) in enumerate(pieces):
        after = pieces[place + 1][1] if place + 1 < len(pieces) else []
        yield Run(
            words=words,
            under=tuple(m.what for m in under),
            opens=tuple(m.what for m in under[_shared(before, under) :]),
            closes=tuple(m.what for m in reversed(under[_shared(under, after) :])),
        )
        before = under


def _shared(one: Sequence[Mark[M]], other: Sequence[Mark[M]]) -> int:
    """How many marks both begin with."""
    count = 0
    for a, b in zip(one, other, strict=False):
        if a is not b:
            break
        count += 1
    return count
