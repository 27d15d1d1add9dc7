"""Which of several places of the same words is meant: the one nearest to the attribution's other parts."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum, auto
from typing import Final

from apps.attribution.phrases import Phrase
from apps.attribution.segmentation import LONGEST_SENTENCE, Document

MOST_PLACES: Final = 64
SIDE: Final = 2


class Part(Enum):
    """What a span is to its attribution, in the order in which equally rare ones are placed.

    ``ANCHOR`` is the beginning of the sentence of the cue: it helps to choose a place and becomes no span.
    """

    CONTENT = auto()
    CUE = auto()
    SOURCE = auto()
    TARGET = auto()
    ANCHOR = auto()


APART: Final = frozenset((Part.CONTENT, Part.CUE, Part.SOURCE))


class Placer:
    """Chooses places in one document."""

    def __init__(self, doc: Document) -> None:
        self._sentences = [sentence.first for sentence in doc.sentences]

    def distance(self, a: Phrase, b: Phrase) -> int:
        """Words between the two, and for each end of a sentence between them as many as the longest sentence has."""
        if a.first > b.first:
            a, b = b, a
        if a.last >= b.first:
            return 0
        ends = bisect_right(self._sentences, b.first) - bisect_right(self._sentences, a.last)
        return b.first - a.last - 1 + ends * LONGEST_SENTENCE

    def place(self, parts: Sequence[tuple[Part, Sequence[Phrase]]]) -> Mapping[Part, Sequence[Phrase]] | None:
        """One place for each part, out of the places (in order, at least one) where its words stand.

        The rarest part goes first, to where the sum of its distances to the nearest place of every other part is least.
        Then, from rare to frequent, each part goes to where the sum of its distances to all that are placed is least.
        Source, cue and content are no part of each other: where two of them overlap, they count as a sentence apart. Of
        equals the first in the text is taken. None if even the rarest stands in more places than
        :data:`MOST_PLACES`: nothing tells then which is meant.
        """
        order = sorted(parts, key=lambda named: (len(named[1]), named[0].value))
        if not order:
            return {}
        if len(order[0][1]) > MOST_PLACES:
            return None
        out: dict[Part, list[Phrase]] = {}
        placed: list[tuple[Part, Phrase]] = []
        for n, (part, places) in enumerate(order):
            chosen = self._next(part, places, placed) if n else self._first(part, places, order[1:])
            placed.append((part, chosen))
            out.setdefault(part, []).append(chosen)
        return out

    def _next(self, part: Part, places: Sequence[Phrase], placed: Sequence[tuple[Part, Phrase]]) -> Phrase:
        def cost(here: Phrase) -> int:
            return sum(self._cost(part, here, *other) for other in placed)

        return min(around(places, [other for _, other in placed]), key=cost)

    def _first(self, part: Part, places: Sequence[Phrase], others: Sequence[tuple[Part, Sequence[Phrase]]]) -> Phrase:
        def cost(here: Phrase) -> int:
            return sum(min(self._cost(part, here, kind, there) for there in around(o, [here])) for kind, o in others)

        return places[0] if len(places) == 1 else min(places, key=cost)

    def _cost(self, part: Part, here: Phrase, other_part: Part, there: Phrase) -> int:
        if part in APART and other_part in APART and overlap(here, there):
            return LONGEST_SENTENCE
        return self.distance(here, there)


def around(places: Sequence[Phrase], placed: Iterable[Phrase]) -> list[Phrase]:
    """The few places on either side of each border of what is placed, in order: the nearest is always among them.

    The places of a part are the same words over and over: equally long, and over as many ends of sentences. From one
    border to the next the sum of distances of such places only grows, only falls, or stays the same; so there is no
    need to look at all of them. Where sentences end at different words of theirs, what is found is near, and no more.
    """
    numbers: set[int] = set()
    for other in placed:
        for border in (bisect_left(places, other.first, key=_first), bisect_right(places, other.last, key=_first)):
            numbers.update(range(max(0, border - SIDE), min(len(places), border + SIDE)))
    return [places[n] for n in sorted(numbers)]


def _first(place: Phrase) -> int:
    return place.first


def overlap(a: Phrase, b: Phrase) -> bool:
    """Whether two share a token."""
    return a.first <= b.last and b.first <= a.last


def merged(parts: Iterable[Phrase]) -> tuple[Phrase, ...]:
    """The parts in order, with those that overlap made one."""
    out: list[Phrase] = []
    for part in sorted(parts, key=lambda part: (part.first, part.last)):
        if out and part.first <= out[-1].last:
            out[-1] = Phrase(out[-1].first, max(out[-1].last, part.last))
        else:
            out.append(part)
    return tuple(out)


def without(parts: Sequence[Phrase], holes: Iterable[Phrase]) -> tuple[Phrase, ...]:
    """What is left of the parts, in order, where the holes are cut out."""
    left = list(parts)
    for hole in holes:
        left = [
            piece
            for part in left
            for piece in (
                (Phrase(part.first, min(part.last, hole.first - 1)), Phrase(max(part.first, hole.last + 1), part.last))
                if overlap(part, hole)
                else (part,)
            )
            if piece.first <= piece.last
        ]
    return tuple(left)
