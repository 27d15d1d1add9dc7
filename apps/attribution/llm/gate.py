"""The verbatim gate: what a model says of a text counts only as far as its words are in the text.

The model gives words, never positions. Words stand in the text where the very same characters stand, white space and
the shape of quotation marks included, and where they begin and end with whole words: "he" does not stand in "the".
What stands nowhere in the window the model was shown is dropped and counted. Nothing is normalised.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from dataclasses import dataclass
from typing import Final

from apps.attribution.llm.answers import Told
from apps.attribution.llm.placing import Part, Placer, merged, without
from apps.attribution.llm.windows import Window
from apps.attribution.phrases import Phrase
from apps.attribution.segmentation import Document

MOST_TRIES: Final = 4_000


@dataclass(frozen=True, slots=True)
class Passed:
    """What passed of one attribution, in token numbers, each part in the order of the text.

    Source, cue and content share no token. ``dropped`` counts the spans that did not pass; ``cut`` says that the model
    had put the cue or the source into the content, or the source into the cue, and that they were cut out of it.
    """

    source: tuple[Phrase, ...]
    cue: tuple[Phrase, ...]
    content: tuple[Phrase, ...]
    target: Phrase | None
    dropped: int
    cut: bool


@dataclass(frozen=True, slots=True)
class Stopped:
    """An attribution of which too little is in the text, and how many of its spans were dropped, all of them."""

    dropped: int


class Gate:
    """Lets through what is in one window of a document."""

    def __init__(self, doc: Document, window: Window, placer: Placer) -> None:
        self._doc = doc
        self._window = window
        self._placer = placer
        self._known: dict[str, list[Phrase]] = {}

    def check(self, told: Told) -> Passed | Stopped:
        """The attribution as far as its words are in the window.

        Without a cue or a content it is stopped, and so where nothing tells which of many places is meant. A source or
        target that is not in the text is dropped alone. Words that stand more than once go where ``Placer.place`` says.
        """
        named = [
            *((Part.CONTENT, words) for words in told.content),
            *((Part.CUE, words) for words in told.cue),
            *((Part.SOURCE, words) for words in told.source),
            *((Part.TARGET, words) for words in told.target),
        ]
        standing = [(part, at) for part, words in named if (at := self._standing(part, words))]
        if anchor := self._places(told.where):
            standing.append((Part.ANCHOR, anchor))
        there = self._placer.place(standing)
        if there is None:
            return Stopped(len(named))
        source = merged(there.get(Part.SOURCE, ()))
        cue, cue_cut = _cut(merged(there.get(Part.CUE, ())), source)
        whole, content_cut = _cut(merged(there.get(Part.CONTENT, ())), source + cue)
        content = tuple(part for part in whole if self._has_word(part))
        if not cue or not content:
            return Stopped(len(named))
        target = there.get(Part.TARGET, ())
        dropped = len(named) - sum(len(parts) for part, parts in there.items() if part is not Part.ANCHOR)
        return Passed(source, cue, content, target[0] if target else None, dropped, cue_cut or content_cut)

    def _standing(self, part: Part, words: str) -> list[Phrase]:
        """Where the words stand; nowhere if none of them is a word, but for a colon as a cue."""
        found = self._places(words)
        if part is Part.CUE and words.strip() == ":":
            return found
        return found if found and self._has_word(found[0]) else []

    def _places(self, words: str) -> list[Phrase]:
        if words not in self._known:
            self._known[words] = places(self._doc, words, self._window)
        return self._known[words]

    def _has_word(self, part: Phrase) -> bool:
        return self._doc.count_words(part.first, part.last)[0] > 0


def places(doc: Document, words: str, window: Window) -> list[Phrase]:
    """Where ``words`` stand in the window, character for character, as whole words: in order, none over another."""
    core = words.strip()
    if not core:
        return []
    lead = len(words) - len(words.lstrip())
    out: list[Phrase] = []
    at = doc.text.find(words, window.start, window.end)
    for _ in range(MOST_TRIES):
        if at < 0:
            break
        found = _whole(doc, at + lead, at + lead + len(core))
        if found is not None:
            out.append(found)
        at = doc.text.find(words, at + (1 if found is None else len(words)), window.end)
    return out


def _whole(doc: Document, start: int, end: int) -> Phrase | None:
    """The tokens of ``text[start:end]``; None if it begins or ends inside one, or between a letter and its accent."""
    first, last = bisect_left(doc.starts, start), bisect_left(doc.ends, end)
    if first == len(doc) or last == len(doc) or doc.starts[first] != start or doc.ends[last] != end:
        return None
    beyond = doc.text[end : end + 1]
    if _is_accent(doc.text[start]) or (beyond and _is_accent(beyond)):
        return None
    return Phrase(first, last)


def _is_accent(character: str) -> bool:
    """Whether a character joins the one before it (Unicode category M)."""
    return unicodedata.category(character).startswith("M")


def _cut(parts: tuple[Phrase, ...], holes: tuple[Phrase, ...]) -> tuple[tuple[Phrase, ...], bool]:
    left = without(parts, holes)
    return left, left != parts
