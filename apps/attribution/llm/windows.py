"""Long texts in pieces that a model can answer for: cut where paragraphs end, each a little over its neighbour.

A window *owns* the cues between its own border and the next one's; what lies beyond is there to be understood by. So
every cue is owned by exactly one window, and has text before and after it in that window.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from apps.attribution.segmentation import Document

OVERLAP = 8
"""A window reaches over the one before it by a part of its size: one in so many."""


@dataclass(frozen=True, slots=True)
class Window:
    """``text[start:end]`` is shown; cues that begin in ``owns_from..owns_to`` are this window's. Code points."""

    start: int
    end: int
    owns_from: int
    owns_to: int


def windows(doc: Document, *, size: int) -> list[Window]:
    """Windows of at most ``size`` code points that cover the text. Takes time linear in its length."""
    length = len(doc.text)
    if length <= size:
        return [Window(0, length, 0, length)]
    spans = list(_spans(doc, size=size))
    borders = [0, *(_border(doc, before, after) for before, after in pairwise(spans)), length]
    return [
        Window(start, end, owns_from, owns_to)
        for (start, end), (owns_from, owns_to) in zip(spans, pairwise(borders), strict=True)
    ]


def _spans(doc: Document, *, size: int) -> Iterator[tuple[int, int]]:
    paragraphs = [doc.starts[k] for k in range(len(doc)) if k == 0 or doc.paragraph[k] != doc.paragraph[k - 1]]
    sentences = [doc.starts[sentence.first] for sentence in doc.sentences]
    start = 0
    while start + size < len(doc.text):
        latest = start + size
        ends = (_last_in(cuts, start + size // 2, latest) for cuts in (paragraphs, sentences, doc.starts))
        end = next((cut for cut in ends if cut is not None), latest)
        yield start, end
        earliest = end - size // OVERLAP
        starts = (_first_in(cuts, earliest, end) for cuts in (sentences, doc.starts))
        start = next((cut for cut in starts if cut is not None), earliest)
    yield start, len(doc.text)


def _last_in(cuts: Sequence[int], low: int, high: int) -> int | None:
    """The last cut in ``low < cut <= high``."""
    n = bisect_right(cuts, high) - 1
    return cuts[n] if n >= 0 and cuts[n] > low else None


def _first_in(cuts: Sequence[int], low: int, high: int) -> int | None:
    """The first cut in ``low <= cut < high``."""
    n = bisect_left(cuts, low)
    return cuts[n] if n < len(cuts) and cuts[n] < high else None


def _border(doc: Document, before: tuple[int, int], after: tuple[int, int]) -> int:
    """The start of a word near the middle of what two windows share."""
    middle = (after[0] + before[1]) // 2
    word = _first_in(doc.starts, middle, before[1] + 1)
    return word if word is not None else middle
