"""Finds a decision's words in a text, and the machine's proposal that a decision speaks of.

Offsets are Unicode code points, end exclusive.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from demo.shapes import Decided, Words


class NotInText(ValueError):
    """Some words of a decision do not stand in the text."""


@dataclass(frozen=True, slots=True)
class Located:
    """Where the words stand, each as ``(start, end)``."""

    source: tuple[int, int]
    cue: tuple[int, int]
    content: tuple[tuple[int, int], ...]


def locate(text: str, words: Words) -> Located:
    """The content parts in their order, the cue nearest to them, and the source nearest to the cue.

    Raises ``NotInText`` for words that the text does not hold.
    """
    content: list[tuple[int, int]] = []
    after = 0
    for part in words.content:
        start = text.find(part, after)
        if start < 0:
            raise NotInText(f"{part!r} does not stand")
        after = start + len(part)
        content.append((start, after))
    cue = _nearest(text, words.cue, [content[0], content[-1]], avoid=content)
    return Located(
        source=_nearest(text, words.source, [cue], avoid=[*content, cue]), cue=cue, content=tuple(content)
    )


def match(text: str, decision: Decided, proposed: Sequence[Located]) -> int | None:
    """Which of the proposals the decision is about: one whose content holds ``content_contains`` and whose cue
    overlaps the decision's; None where the extractor proposed no such thing."""
    cue = locate(text, decision.words).cue
    for number, candidate in enumerate(proposed):
        holds = any(decision.content_contains in text[start:end] for start, end in candidate.content)
        if holds and candidate.cue[0] < cue[1] and cue[0] < candidate.cue[1]:
            return number
    return None


def _nearest(
    text: str, words: str, anchors: Sequence[tuple[int, int]], *, avoid: Sequence[tuple[int, int]]
) -> tuple[int, int]:
    """The occurrence of ``words`` with the fewest characters between it and an anchor, outside ``avoid``."""
    found = [
        hit.span()
        for hit in re.finditer(rf"(?<!\w){re.escape(words)}(?!\w)", text)
        if all(hit.end() <= start or end <= hit.start() for start, end in avoid)
    ]
    if not found:
        raise NotInText(f"{words!r} does not stand")
    return min(found, key=lambda span: min(max(start - span[1], span[0] - end) for start, end in anchors))
