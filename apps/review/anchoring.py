"""Where words of an article's earlier text stand in its later one. Pure.

As the selectors of the W3C Web Annotation model are used: first the exact words, where an alignment of both texts or
what stands around them says which of several places is meant; else the quotation as nearly as it is found. Near words
with another number, another negation or another hedge are other words: "at least 27" is not "at least 30".
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Final

from rapidfuzz import fuzz
from rapidfuzz.distance import Indel

from apps.review.drafts import SpanDraft

NEAR: Final = 0.75
"""How much of a content's words, in their order, must be in a place that stands for it."""
LEAST_NEAR: Final = 6
"""Words; fewer are looked for only as they are."""
AROUND: Final = 8
"""Words before and after that tell equal places apart."""
LOOSE: Final = 15
"""How many words further than before a source or a cue may stand from its content."""
MOST_CELLS: Final = 400_000_000
"""Texts whose lengths in words multiply to more are not aligned: that would take too much memory."""
MOST_PLACES: Final = 200

_TOKEN = re.compile(r"\w+|[^\w\s]")
_END = re.compile(r"[.!?][\"'”’)\]]*\s|\n")
_QUOTES = str.maketrans("“”„«»‘’‚‹›—–", "\"\"\"\"\"'''''--")
_NUMBERS = frozenset(
    re.findall(
        r"\w+",
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
        "eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred hundreds thousand thousands "
        "million millions billion billions dozen dozens half",
    )
)
_TURNS = frozenset(
    re.findall(
        r"\w+",
        "no not never none nobody nothing nor neither without cannot t deny denies denied denying refuse refused "
        "refuses reject rejects rejected false falsely least most more less fewer about around nearly almost",
    )
)


@dataclass(frozen=True)
class _Token:
    word: str
    begins: int
    ends: int


def _tokens(text: str) -> tuple[_Token, ...]:
    return tuple(_Token(m[0].translate(_QUOTES).casefold(), m.start(), m.end()) for m in _TOKEN.finditer(text))


@dataclass(frozen=True)
class Anchored:
    """Where the words stand now. ``exact`` if all of them do, and as they were; a role may be missing if not."""

    spans: tuple[SpanDraft, ...]
    exact: bool

    def has(self, role: str) -> bool:
        return any(span.role == role for span in self.spans)


@dataclass(frozen=True)
class _Place:
    """Tokens ``first`` to ``last``, exclusive, of the later text."""

    first: int
    last: int
    exact: bool = True


@dataclass(frozen=True)
class Pair:
    """An article's text before and after; what is worked out of them is kept for the next attribution."""

    before: str
    after: str

    @cached_property
    def _old(self) -> tuple[_Token, ...]:
        return _tokens(self.before)

    @cached_property
    def _new(self) -> tuple[_Token, ...]:
        return _tokens(self.after)

    @cached_property
    def _old_words(self) -> list[str]:
        return [token.word for token in self._old]

    @cached_property
    def _new_words(self) -> list[str]:
        return [token.word for token in self._new]

    @cached_property
    def _where(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for n, word in enumerate(self._new_words):
            found.setdefault(word, []).append(n)
        return found

    @cached_property
    def _aligned(self) -> dict[int, int]:
        """The token of the later text that each of the earlier became, for those that stayed."""
        if len(self._old) * len(self._new) > MOST_CELLS:
            return {}
        blocks = Indel.opcodes(self._old_words, self._new_words)
        equal = (block for block in blocks if block.tag == "equal")
        return dict(
            chain.from_iterable(
                zip(range(b.src_start, b.src_end), range(b.dest_start, b.dest_end), strict=True) for b in equal
            )
        )

    def anchor(self, spans: Sequence[SpanDraft]) -> Anchored | None:
        """Where these spans of the earlier text stand in the later one; ``None`` if their content does not.

        All of the content has to be there, each part after the one before it. The source and the cue are looked for
        near it; without either, nobody says the words any more, and they are not found.
        """
        held = {id(span): self._old_place(span) for span in spans}
        contents = [span for span in spans if span.role == "content"]
        if not contents or any(place is None for place in held.values()):
            return None
        found: dict[int, _Place] = {}
        after = 0
        for span in contents:
            old = held[id(span)]
            assert old is not None
            place = self._content(old, after)
            if place is None:
                return None
            found[id(span)], after = place, place.last
        anchors = [(held[id(span)], found[id(span)]) for span in contents]
        for span in spans:
            old = held[id(span)]
            if span.role != "content" and old is not None and (place := self._near(old, anchors)) is not None:
                found[id(span)] = place
        if len(found) == len(contents) < len(spans):
            return None
        placed = [(span, found[id(span)]) for span in spans if id(span) in found]
        return Anchored(
            spans=tuple(self._span(span, held[id(span)], place) for span, place in placed),
            exact=len(placed) == len(spans) and all(place.exact for _span, place in placed),
        )

    def _old_place(self, span: SpanDraft) -> _Place | None:
        first = bisect_right(self._old, span.begins, key=lambda token: token.ends)
        last = bisect_left(self._old, span.ends, key=lambda token: token.begins)
        return _Place(first, last) if first < last and span.begins < span.ends else None

    def _span(self, span: SpanDraft, old: _Place | None, place: _Place) -> SpanDraft:
        """The span at its new place. One that began or ended within a word does so there too."""
        assert old is not None
        begins, ends = self._new[place.first].begins, self._new[place.last - 1].ends
        if place.exact:
            begins += max(span.begins - self._old[old.first].begins, 0)
            ends -= max(self._old[old.last - 1].ends - span.ends, 0)
        return SpanDraft.of(self.after, role=span.role, begins=begins, ends=ends)

    # --- Content ------------------------------------------------------------------------------------------------------

    def _content(self, old: _Place, after: int) -> _Place | None:
        places = [p for p in self._exactly(old) if p.first >= after]
        if places:
            return max(places, key=lambda place: self._likeness(old, place))
        return self._nearly(old, after)

    def _exactly(self, old: _Place) -> list[_Place]:
        words = self._old_words[old.first : old.last]
        rarest = min(range(len(words)), key=lambda n: len(self._where.get(words[n], ())))
        starts = (n - rarest for n in self._where.get(words[rarest], ()))
        fitting = (n for n in starts if n >= 0 and self._new_words[n : n + len(words)] == words)
        return [_Place(n, n + len(words)) for n, _place in zip(fitting, range(MOST_PLACES), strict=False)]

    def _likeness(self, old: _Place, new: _Place) -> tuple[float, float]:
        """How much a place is like the old one: by the alignment, else by what stands around; and how near it is."""
        if self._aligned.get(old.first) == new.first:
            return 3.0, 0.0
        around = self._side(self._old_words, old, -1), self._side(self._old_words, old, 1)
        here = self._side(self._new_words, new, -1), self._side(self._new_words, new, 1)
        like = sum(Indel.normalized_similarity(a, b) for a, b in zip(around, here, strict=True) if a or b)
        return like, -abs(old.first / max(len(self._old), 1) - new.first / max(len(self._new), 1))

    @staticmethod
    def _side(words: list[str], place: _Place, side: int) -> list[str]:
        return (
            words[max(place.first - AROUND, 0) : place.first] if side < 0 else words[place.last : place.last + AROUND]
        )

    def _nearly(self, old: _Place, after: int) -> _Place | None:
        words = self._old_words[old.first : old.last]
        if len(words) < LEAST_NEAR or after >= len(self._new):
            return None
        text = " ".join(self._new_words[after:])
        found = fuzz.partial_ratio_alignment(" ".join(words), text, score_cutoff=100 * (NEAR - 0.15))
        if found is None:
            return None
        first = after + text.count(" ", 0, found.dest_start)
        place = self._fitted(words, first, first + text.count(" ", found.dest_start, found.dest_end) + 1)
        here = self._new_words[place.first : place.last]
        close = Indel.normalized_similarity(words, here) >= NEAR
        return place if close and _turns(words) == _turns(here) else None

    def _fitted(self, words: list[str], first: int, last: int) -> _Place:
        """The place about here that has the most of the words and the least besides."""
        reach = 6
        places = (
            (a, b)
            for a in range(max(first - reach, 0), min(first + reach, len(self._new) - 1) + 1)
            for b in range(max(last - reach, a + 1), min(last + reach, len(self._new)) + 1)
        )
        a, b = max(places, key=lambda p: (Indel.normalized_similarity(words, self._new_words[p[0] : p[1]]), -p[0]))
        return _Place(a, b, exact=False)

    # --- Source and cue -----------------------------------------------------------------------------------------------

    def _near(self, old: _Place, anchors: Iterable[tuple[_Place | None, _Place]]) -> _Place | None:
        """The exact words of a source or a cue, about as far from a content as they were."""
        ranked = []
        for place in self._exactly(old):
            for was, now in anchors:
                assert was is not None
                moved = abs(_gap(place, now) - _gap(old, was))
                if moved <= LOOSE + abs(_gap(old, was)) and self._as_joined(old, was, place, now):
                    ranked.append((moved, place.first, place))
        return min(ranked, key=lambda one: one[:2])[2] if ranked else None

    def _as_joined(self, old: _Place, was: _Place, place: _Place, now: _Place) -> bool:
        """Whether no more sentences end between the two places than did: the same name may begin the next one."""
        return _ends(self.after, self._new, place, now) <= _ends(self.before, self._old, old, was)


def _ends(text: str, tokens: Sequence[_Token], one: _Place, other: _Place) -> int:
    """How many sentences or paragraphs end between two places."""
    begins, ends = sorted([(one.first, one.last), (other.first, other.last)])
    if begins[1] >= ends[0]:
        return 0
    return len(_END.findall(text, tokens[begins[1] - 1].ends, tokens[ends[0]].begins))


def _gap(place: _Place, content: _Place) -> int:
    """How many words after the content's beginning the place begins; before its end, if it stands behind it."""
    return place.first - content.last if place.first >= content.last else place.first - content.first


def _turns(words: Iterable[str]) -> Counter[str]:
    """The words of which one more or less makes another statement."""
    return Counter(w for w in words if w[0].isdigit() or w in _NUMBERS or w in _TURNS)
