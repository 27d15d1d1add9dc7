"""Finds a decision's words in a text, and the machine's proposal that a decision speaks of.

Offsets are Unicode code points, end exclusive.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from demo.shapes import Decided, Words

Extent = tuple[int, int]


class NotInText(ValueError):
    """Some words of a decision do not stand in the text."""


@dataclass(frozen=True, slots=True)
class Located:
    """Where the words stand, each a ``(start, end)``."""

    source: Extent
    cue: Extent
    content: tuple[Extent, ...]


def locate(text: str, words: Words) -> Located:
    """The content parts in their order, and the cue and source that stand closest to them and to each other.

    Raises ``NotInText`` for words that the text does not hold.
    """
    content: list[Extent] = []
    after = 0
    for part in words.content:
        start = text.find(part, after)
        if start < 0:
            raise NotInText(f"{part!r} does not stand")
        after = start + len(part)
        content.append((start, after))
    ends = (content[0], content[-1])
    cue, source = min(
        (
            (cue, source)
            for cue in _occurrences(text, words.cue, outside=content)
            for source in _occurrences(text, words.source, outside=[*content, cue])
        ),
        key=lambda pair: min(_gap(pair[0], end) for end in ends) + _gap(pair[1], pair[0]),
    )
    return Located(source=source, cue=cue, content=tuple(content))


def match(text: str, decision: Decided, proposed: Sequence[Located]) -> int | None:
    """Which of the proposals the decision is about: one whose content holds ``content_contains`` and whose cue
    overlaps the decision's; None where the extractor proposed no such thing."""
    cue = locate(text, decision.words).cue
    for number, candidate in enumerate(proposed):
        holds = any(decision.content_contains in text[start:end] for start, end in candidate.content)
        if holds and candidate.cue[0] < cue[1] and cue[0] < candidate.cue[1]:
            return number
    return None


def _occurrences(text: str, words: str, *, outside: Sequence[Extent]) -> list[Extent]:
    """Where ``words`` stand as whole words, clear of the extents ``outside``; at least one place."""
    found = [
        hit.span()
        for hit in re.finditer(rf"(?<!\w){re.escape(words)}(?!\w)", text)
        if all(hit.end() <= start or end <= hit.start() for start, end in outside)
    ]
    if not found:
        raise NotInText(f"{words!r} does not stand")
    return found


def _gap(one: Extent, other: Extent) -> int:
    """How many characters lie between two extents that do not overlap."""
    return max(one[0] - other[1], other[0] - one[1])
