"""From gold spans to labels, and from labels to spans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from apps.attribution.learning.pages import Page
from apps.attribution.learning.span_features import Cue, head_of
from apps.attribution.phrases import Phrase

Record = Mapping[str, Any]
OUTSIDE = "O"


def cue_of(page: Page, attribution: Record) -> Cue | None:
    """The main block of an attribution's cue: the part with a word that reports, else the longest."""
    parts = [under for start, end in attribution["cue"] if (under := page.tokens_under(start, end))]
    if not parts:
        return None
    tokens = sorted({k for part in parts for k in part})
    blocks = _blocks(tokens)
    best = max(
        blocks, key=lambda block: (any(page.reports[k] for k in range(block[0], block[1] + 1)), block[1] - block[0])
    )
    return Cue(best[0], best[1], head_of(page, *best))


def _blocks(tokens: Sequence[int]) -> list[tuple[int, int]]:
    out: list[tuple[int, int]] = []
    for k in tokens:
        if out and out[-1][1] == k - 1:
            out[-1] = (out[-1][0], k)
        else:
            out.append((k, k))
    return out


def cue_labels(page: Page, cues: Sequence[Cue]) -> list[str]:
    """B, I or O of each token of the document."""
    out = [OUTSIDE] * len(page.doc)
    for cue in cues:
        for k in range(cue.first, cue.last + 1):
            out[k] = "B" if k == cue.first else "I"
    return out


def span_labels(page: Page, attribution: Record, first: int, last: int) -> list[str]:
    """BC, C, BS, S (content, source) or O of each token of ``first..last``; a source inside a content is a source."""
    out = [OUTSIDE] * (last - first + 1)
    for role, letter in (("content", "C"), ("source", "S")):
        for start, end in attribution[role]:
            under = page.tokens_under(start, end)
            for k in range(max(first, under.start), min(last + 1, under.stop)):
                out[k - first] = f"B{letter}" if k == max(first, under.start) else letter
    return out


def cues_in(labels: Sequence[str], page: Page, first: int) -> list[Cue]:
    """The cues that labels from token ``first`` on mark."""
    out: list[Cue] = []
    start: int | None = None
    for n, label in enumerate([*labels, OUTSIDE]):
        if start is not None and label != "I":
            a, b = first + start, first + n - 1
            out.append(Cue(a, b, head_of(page, a, b)))
            start = None
        if label == "B" or (label == "I" and start is None):
            start = n
    return out


def phrases_in(labels: Sequence[str], letter: str, first: int) -> list[Phrase]:
    """The parts of a role that labels from token ``first`` on mark."""
    out: list[Phrase] = []
    for n, label in enumerate(labels):
        if label[-1:] != letter:
            continue
        if label == letter and out and out[-1].last == first + n - 1:
            out[-1] = Phrase(out[-1].first, first + n)
        else:
            out.append(Phrase(first + n, first + n))
    return out
