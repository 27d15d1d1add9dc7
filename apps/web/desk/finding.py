"""From what a person marked or typed to spans in a text. Pure; offsets in code points, ends exclusive."""

from __future__ import annotations

import re
from dataclasses import dataclass

from apps.review.drafts import SpanDraft

_RANGE = re.compile(r"(\d{1,9})-(\d{1,9})")


@dataclass(frozen=True)
class Marked:
    """What a form says of one role: the words, a line for each part; the ranges a browser read off the page, such as
    ``12-40 51-60``; and which of several occurrences the first line means, from 1.
    """

    role: str
    words: str = ""
    ranges: str = ""
    occurrence: int | None = None


class NotFound(Exception):
    """These words are not in the text, or there are not that many of them. ``occurs`` is how often they are."""

    def __init__(self, words: str, *, occurs: int = 0) -> None:
        super().__init__(words)
        self.words = words
        self.occurs = occurs


class Ambiguous(NotFound):
    """These words stand in the text more than once."""


def find(text: str, marked: Marked, *, near: int | None = None) -> tuple[SpanDraft, ...]:
    """The spans a person means. Ranges stand if their words are those of the form; else the words are looked up.

    Of several occurrences the numbered one is meant, else the one closest to ``near``. Raises :class:`NotFound`, or
    :class:`Ambiguous` where there is nothing to choose by.
    """
    lines = [" ".join(line.split()) for line in marked.words.splitlines() if line.strip()]
    ranges = [(int(begins), int(ends)) for begins, ends in _RANGE.findall(marked.ranges)]
    if ranges and (not lines or [" ".join(text[b:e].split()) for b, e in sorted(ranges)] == lines):
        return tuple(SpanDraft.of(text, role=marked.role, begins=b, ends=e) for b, e in sorted(ranges))
    if ranges and sorted(" ".join(text[b:e].split()) for b, e in ranges) == sorted(lines):
        return tuple(SpanDraft.of(text, role=marked.role, begins=b, ends=e) for b, e in sorted(ranges))
    spans: list[SpanDraft] = []
    for number, line in enumerate(lines):
        places = occurrences(text, line)
        if number and spans:
            later = [place for place in places if place[0] >= spans[-1].ends]
            chosen = _choose(line, later or places, occurrence=1, near=None)
        else:
            chosen = _choose(line, places, occurrence=marked.occurrence, near=near)
        spans.append(SpanDraft.of(text, role=marked.role, begins=chosen[0], ends=chosen[1]))
    return tuple(spans)


def occurrences(text: str, words: str) -> list[tuple[int, int]]:
    """Where the words stand, whatever white space parts them; as whole words if they do so anywhere."""
    pattern = r"\s+".join(re.escape(word) for word in words.split())
    if not pattern:
        return []
    whole = [m.span() for m in re.finditer(rf"(?<!\w){pattern}(?!\w)", text)]
    return whole or [m.span() for m in re.finditer(pattern, text)]


def _choose(words: str, places: list[tuple[int, int]], *, occurrence: int | None, near: int | None) -> tuple[int, int]:
    if not places or (occurrence is not None and not 1 <= occurrence <= len(places)):
        raise NotFound(words, occurs=len(places))
    if occurrence is not None:
        return places[occurrence - 1]
    if len(places) == 1:
        return places[0]
    if near is None:
        raise Ambiguous(words, occurs=len(places))
    return min(places, key=lambda place: abs(place[0] - near))


def ranges_of(spans: tuple[SpanDraft, ...], role: str) -> str:
    """As the form carries them: ``12-40 51-60``."""
    return " ".join(f"{span.begins}-{span.ends}" for span in spans if span.role == role)


def words_of(spans: tuple[SpanDraft, ...], role: str) -> str:
    """As the form shows them: a line for each part."""
    return "\n".join(" ".join(span.exact.split()) for span in spans if span.role == role)
