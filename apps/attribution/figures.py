"""Figures in a text: who counted how many of whom as killed, wounded, displaced, detained or missing."""

from __future__ import annotations

import re
from dataclasses import dataclass

from apps.attribution.cues import Lexicon
from apps.attribution.segmentation import Document
from apps.attribution.types import Figure, Span

DIGITS = re.compile(r"\d{1,3}(?:,\d{3}){1,4}$|\d{1,9}$")
MULTIPLES = ("dozen", "hundred", "thousand")
AHEAD, BEHIND = 9, 7
NOT_COUNTS = frozenset(
    [
        "km",
        "kilometers",
        "kilometres",
        "miles",
        "metres",
        "meters",
        "percent",
        "%",
        "year",
        "years",
        "months",
        "month",
        "days",
        "day",
        "hours",
        "hour",
        "minutes",
        "times",
        "am",
        "pm",
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "jan",
        "feb",
        "mar",
        "apr",
        "aug",
        "sept",
        "sep",
        "oct",
        "nov",
        "dec",
    ]
)


@dataclass(frozen=True, slots=True)
class Count:
    """A number in tokens ``first..last`` of the sentence ``floor..ceiling``; ``noun`` is the token of the counted."""

    value: int
    high: int | None
    first: int
    last: int
    noun: int | None
    floor: int
    ceiling: int

    @property
    def end(self) -> int:
        return self.last if self.noun is None else self.noun


def figures(doc: Document, lex: Lexicon) -> list[Figure]:
    """Every figure with a measure, in order.

    A bare number takes the measure of the words around it; one introduced by "including" that of the figure it is part
    of.
    """
    reader = _FigureReader(doc, lex)
    for sentence in doc.sentences:
        k = sentence.first
        while k <= sentence.last:
            k = reader.read(k, sentence.first, sentence.last)
    return reader.found


class _FigureReader:
    def __init__(self, doc: Document, lex: Lexicon) -> None:
        self.doc = doc
        self.low = doc.low
        self.lex = lex
        self.found: list[Figure] = []

    def read(self, k: int, floor: int, ceiling: int) -> int:
        """Add the figure that starts at token ``k``, if one does; the token to go on from."""
        number = self._number(k)
        if number is None:
            return k + 1
        value, high, last = number
        count = Count(value, high, k, last, self._noun(last, ceiling), floor, ceiling)
        if self._is_count(count) and (measure := self._measure(count)) is not None:
            comparator, start = self._comparator(count)
            of_whom = self.doc.slice(last + 1, count.noun) if count.noun is not None else ""
            span = Span(self.doc.starts[start], self.doc.ends[count.end])
            self.found.append(Figure(measure, value, high, "range" if high else comparator, of_whom, span))
        return last + 1

    def _number(self, k: int) -> tuple[int, int | None, int] | None:
        """(value, upper end of a range or None, last token) of the number that starts at token ``k``."""
        first = self._value(k)
        if first is None:
            return None
        value, last = first
        joint = self.low[last + 1] if last + 1 < len(self.low) else ""
        between = k > 0 and self.low[k - 1] == "between" and joint == "and"
        if joint in ("to", "or", "-", "–") or between:
            second = self._value(last + 2)
            if second is not None and second[0] > value:
                return value, second[0], second[1]
        return value, None, last

    def _value(self, k: int) -> tuple[int, int] | None:
        """(value, last token) of a number in digits or words."""
        if k >= len(self.low):
            return None
        word = self.low[k]
        if word.isascii() and DIGITS.match(word):
            value = int(word.replace(",", ""))
            return (value * 1000, k + 1) if self.low[k + 1 : k + 2] == ["thousand"] else (value, k)
        if word == "a" and k + 1 < len(self.low) and self.low[k + 1] in MULTIPLES:
            return self.lex.numbers[self.low[k + 1]], k + 1
        tens, _, unit = word.partition("-")
        if unit in self.lex.numbers and 20 <= self.lex.numbers.get(tens, 0) < 100:
            return self.lex.numbers[tens] + self.lex.numbers[unit], k
        if word not in self.lex.numbers:
            return None
        value, last = self.lex.numbers[word], k
        while last + 1 < len(self.low) and self.low[last + 1] in MULTIPLES and value < 10**6:
            last += 1
            value *= self.lex.numbers[self.low[last]]
        return value, last

    def _is_count(self, count: Count) -> bool:
        """Not a measure of length or time, a date or a year."""
        after = self.low[count.last + 1] if count.last < count.ceiling else ""
        before = self.low[count.first - 1] if count.first > count.floor else ""
        if after in NOT_COUNTS or before in NOT_COUNTS or after == "-":
            return False
        return not (1900 <= count.value <= 2100 and before in ("in", "of") and "," not in self.low[count.first])

    def _noun(self, last: int, ceiling: int) -> int | None:
        """The counted noun within three tokens: "27 people", "two elderly men"."""
        closed = self.lex.words["prepositions"] | self.lex.words["auxiliaries"]
        for k in range(last + 1, min(last + 4, ceiling + 1)):
            if self.low[k] in self.lex.people:
                return k
            if not self.low[k][0].isalpha() or self.low[k] in closed:
                return None
        return None

    def _measure(self, count: Count) -> str | None:
        if self._is_part(count):
            return self.found[-1].measure
        for k in range(count.last + 1, count.end + 1):
            if (named := self._named(k)) is not None:
                return named
        start = self._comparator(count)[1]
        if start > count.floor and (named := self._named(start - 1)) is not None:
            return named
        if count.noun is None and self._counts_things(count):
            return None
        found = self._measure_after(count) or self._measure_before(count)
        if found is not None:
            return found
        if start > count.floor and self.low[start - 1] == "and" and self._follows_figure(start - 2):
            return self.found[-1].measure
        return "other" if count.noun is not None and self._is_stated(count) else None

    def _measure_after(self, count: Count) -> str | None:
        """ "27 people were killed", "seven soldiers and two civilians were killed"."""
        joined = False
        for k in range(count.end + 1, min(count.end + 1 + AHEAD, count.ceiling + 1)):
            if self.low[k] == "and" and k == count.end + 1 and self._starts_figure(k + 1):
                joined = True
            elif self.low[k] in (";", "and", "while", "but") or (not joined and self._value(k) is not None):
                return None
            if (named := self._named(k)) is not None:
                return named
        return None

    def _measure_before(self, count: Count) -> str | None:
        """ "killing at least 27", "a death toll of 27"; not over a comma or another number."""
        for k in range(count.first - 1, max(count.first - 1 - BEHIND, count.floor - 1), -1):
            if (named := self._named(k)) is not None:
                return named
            if self.low[k] in (";", ",", "and") or (self._value(k) is not None and self.low[k] != "one"):
                return None
        return None

    def _follows_figure(self, k: int) -> bool:
        """Whether token ``k`` is the last of the figure before: "31 women and 19 children"."""
        return bool(self.found) and self.doc.ends[k] == self.found[-1].span.end

    def _is_stated(self, count: Count) -> bool:
        return self._comparator(count)[0] != "exactly" or self.low[count.first][0].isdigit()

    def _counts_things(self, count: Count) -> bool:
        """Whether the number stands before a noun that is nobody: "two summits", unless the verb follows at once."""
        after = count.last + 1
        if after > count.ceiling or not self.low[after][0].isalpha():
            return False
        groups = ("auxiliaries", "prepositions", "subordinators", "adverbs")
        if any(self.low[after] in self.lex.words[group] for group in groups) or self._named(after) is not None:
            return False
        verb = after + 2
        follows = verb <= count.ceiling and self.low[after + 1] in self.lex.words["be"]
        return not (follows and self._named(verb) is not None)

    def _starts_figure(self, k: int) -> bool:
        return any(self._value(k + n) is not None for n in range(3))

    def _is_part(self, count: Count) -> bool:
        """Whether "including" stands between the figure before and this one, close to both."""
        if not self.found:
            return False
        before = self.found[-1].span.end
        for k in range(count.first - 1, max(count.first - 5, count.floor - 1), -1):
            if self.doc.starts[k] < before:
                return False
            if self.low[k] in ("including", "among"):
                return self.doc.starts[k] - before < 60
        return False

    def _named(self, k: int) -> str | None:
        """The measure a word names: "killed", "injuring"."""
        return next((name for name, words in self.lex.measures.items() if self.low[k] in words), None)

    def _comparator(self, count: Count) -> tuple[str, int]:
        """The comparator before a number and the token it starts at."""
        for name, phrases in self.lex.comparators.items():
            for phrase in phrases:
                start = count.first - len(phrase)
                if start >= count.floor and tuple(self.low[start : count.first]) == phrase:
                    return name, start
        return "exactly", count.first
