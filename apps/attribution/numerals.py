"""Numbers in digits and words, as they stand in news: "1,200", "1.2 million", "two hundred and fifty", "5-7", "dozens".

A number that is part of something else is none here: an ordinal or a unit glued to its digits ("155th", "5km"), a
sum of money, a share, a clock time, a decimal that counts no millions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from apps.attribution.segmentation import Document
from apps.attribution.vocabulary import FigureWords

PLAIN = re.compile(r"\d{1,12}$")
GROUPED = re.compile(r"\d{1,3}(?:([,.])\d{3})(?:\1\d{3}){0,3}$")
DECIMAL = re.compile(r"(\d{1,6})[.,](\d{1,3})$")
THREE = re.compile(r"\d{3}$")
# Spaces and marks that divide thousands within one number. A plain space does so only in "1 200 people".
DIVIDERS = frozenset((" ", "\u00a0", "\u202f", "\u2009", "'", "’"))
JOINTS = frozenset(("to", "or", "-", "–", "—"))
GLUE = frozenset("-/.:,'’#№$£€")
LONGEST = 8
LARGEST = 10**12


@dataclass(frozen=True, slots=True)
class Number:
    """``value`` (to ``high``, if it is a range) in tokens ``first..last``; ``vague`` for "dozens" and "hundreds"."""

    value: int
    high: int | None
    first: int
    last: int
    vague: bool = False


@dataclass(frozen=True, slots=True)
class _Value:
    value: int
    last: int
    vague: bool = False
    multiple: int = 1


class Numerals:
    """Reads the numbers of one document. Every look is bounded by ``LONGEST`` tokens."""

    def __init__(self, doc: Document, words: FigureWords) -> None:
        self.doc = doc
        self.low = doc.low
        self.words = words
        self.count = len(doc)

    def starts(self, k: int) -> bool:
        """Whether a number, of whatever sort, may start at token ``k``."""
        if k >= self.count:
            return False
        word = self.low[k]
        return "0" <= word[0] <= "9" or word in self.words.opening

    def at(self, k: int) -> Number | None:
        """The number or range that starts at token ``k``."""
        first = self._value(k)
        if first is None:
            return None
        if first.last + 2 >= self.count or not self._joins(k, first.last + 1):
            return Number(first.value, None, k, first.last, first.vague)
        second = self._value(first.last + 2)
        if second is None or second.vague or first.vague:
            return Number(first.value, None, k, first.last, first.vague)
        low = first.value
        if second.multiple > low and first.multiple == 1:
            low *= second.multiple  # "two to three thousand"
        if second.value <= low:
            return Number(first.value, None, k, first.last, first.vague)
        return Number(low, second.value, k, second.last)

    def _joins(self, k: int, joint: int) -> bool:
        if self.low[joint] in JOINTS:
            return True
        return self.low[joint] == "and" and k > 0 and self.low[k - 1] == "between"

    def _value(self, k: int) -> _Value | None:
        word = self.low[k]
        if "0" <= word[0] <= "9":
            return self._digits(k)
        if word in ("a", "an", "half", "several", "few", "couple"):
            return self._spoken(k)
        if word in self.words.unspecific:
            return self._unspecific(k)
        return self._in_words(k) if word in self.words.numbers else None

    def _digits(self, k: int) -> _Value | None:
        if self._is_glued(k):
            return None
        word = self.low[k]
        if not word.isascii():
            return None
        if PLAIN.match(word):
            value, last = self._divided(k, int(word))
            return self._multiplied(value, last)
        if GROUPED.match(word):
            scaled = self._multiplied(int(re.sub("[.,]", "", word)), k)
            decimal = DECIMAL.match(word)
            if decimal is not None and scaled.multiple >= 10**6:
                return self._decimal(decimal, scaled)
            return scaled
        decimal = DECIMAL.match(word)
        scaled = self._multiplied(1, k)
        return self._decimal(decimal, scaled) if decimal is not None and scaled.multiple > 1 else None

    def _decimal(self, found: re.Match[str], scaled: _Value) -> _Value:
        """ "1.2 million"; what is smaller than one is dropped."""
        whole, part = found.groups()
        value = int(whole + part) * scaled.multiple // 10 ** len(part)
        return _Value(value, scaled.last, multiple=scaled.multiple)

    def _is_glued(self, k: int) -> bool:
        """Whether the digits are a part of a longer sign: "155th", "F16", "9/11", "#5"."""
        doc = self.doc
        if k + 1 < self.count and doc.ends[k] == doc.starts[k + 1] and doc.words[k + 1][0].isalpha():
            return True
        if k + 2 < self.count and self.low[k + 1] == "/" and doc.ends[k + 1] == doc.starts[k + 2]:
            return True
        if not k or doc.ends[k - 1] != doc.starts[k]:
            return False
        before = doc.words[k - 1][-1]
        return before.isalnum() or before in "/#№$£€_" or (before in "-–" and self._hangs_on(k - 1))

    def _hangs_on(self, k: int) -> bool:
        """Whether the hyphen ``k`` hangs on a word, as in "school-7"."""
        return k > 0 and self.doc.ends[k - 1] == self.doc.starts[k] and self.doc.words[k - 1][-1].isalpha()

    def _divided(self, k: int, value: int) -> tuple[int, int]:
        """ "1 200" and "12'500": groups of three behind the first, at most four of them."""
        last = k
        if value > 999:
            return value, last
        step = 1
        while last - k < LONGEST and last + step < self.count:
            here, there = self._next_group(last)
            if there is None:
                break
            value, last = value * 1000 + here, there
        return value, last

    def _next_group(self, last: int) -> tuple[int, int | None]:
        doc = self.doc
        at = last + 1
        if at + 1 < self.count and self.low[at] in "'’" and doc.ends[at] == doc.starts[at + 1]:
            at += 1
        between = doc.text[doc.ends[last] : doc.starts[at]]
        if between not in DIVIDERS or not THREE.match(self.low[at]) or not self.low[at].isascii():
            return 0, None
        if between == " " and (at + 1 >= self.count or not self._counts_people(at + 1)):
            return 0, None
        return int(self.low[at]), None if self._is_followed_by_letters(at) else at

    def _is_followed_by_letters(self, k: int) -> bool:
        doc = self.doc
        return k + 1 < self.count and doc.ends[k] == doc.starts[k + 1] and doc.words[k + 1][0].isalpha()

    def _counts_people(self, k: int) -> bool:
        return self.low[k] in self.words.people or self.low[k] in self.words.measures

    def _multiplied(self, value: int, last: int) -> _Value:
        """With the dozens, thousands or millions that follow."""
        multiple = 1
        while last + 1 < self.count and (by := self.words.multiples.get(self.low[last + 1])) is not None:
            if value * by > LARGEST or (multiple > 1 and by < 1000):
                break
            value, multiple, last = value * by, multiple * by, last + 1
        return _Value(value, last, multiple=multiple)

    def _spoken(self, k: int) -> _Value | None:
        """ "a dozen", "half a million", "several hundred", "a few thousand", "a couple of"."""
        word = self.low[k]
        after = self.low[k + 1 : k + 4]
        if word == "half" and after[:1] == ["a"] and after[1:2] and (by := self.words.multiples.get(after[1])):
            return _Value(by // 2, k + 2)
        if word in ("several", "few"):
            by = self.words.multiples.get(after[0]) if after else None
            return _Value(2 * by, k + 1, vague=True) if by else None
        if word == "couple":
            return _Value(2, k + 1, vague=True) if after[:1] == ["of"] else None
        if after and (by := self.words.multiples.get(after[0])) is not None:
            return _Value(by, k + 1, multiple=by)
        return None

    def _unspecific(self, k: int) -> _Value:
        """ "dozens", "tens of thousands": at least two of what the word names."""
        low = self.low
        value, last = self.words.unspecific[low[k]], k
        if low[k + 1 : k + 2] == ["of"] and (more := low[k + 2 : k + 3]) and more[0] in self.words.unspecific:
            value, last = value * (self.words.unspecific[more[0]] // 2), k + 2
        return _Value(value, last, vague=True)

    def _in_words(self, k: int) -> _Value:
        total = current = 0
        last, at = k, k
        multiple = 1
        while at < min(self.count, k + LONGEST):
            word = self.low[at]
            if (by := self.words.multiples.get(word)) is not None and self._multiplies(by, total, current, at == k):
                total, current = (total + max(current, 1) * by, 0) if by >= 1000 else (total, max(current, 1) * by)
                last, multiple = at, by
            elif (value := self.words.numbers.get(word)) is not None and self._goes_on(current, value, at == k):
                current += value
                last, multiple = at, multiple if value >= 100 else 1
            elif not (word == "and" and at == last + 1 and self.low[last] in ("hundred", "thousand")):
                break
            at += 1
        return _Value(min(total + current, LARGEST), last, multiple=multiple)

    def _multiplies(self, by: int, total: int, current: int, at_start: bool) -> bool:
        if by >= 1000:
            return (total == 0 or total >= by * 1000) and (current > 0 or at_start)
        return 0 < current < 100 or at_start

    def _goes_on(self, current: int, value: int, at_start: bool) -> bool:
        """Whether ``value`` continues ``current``: "twenty five", "two hundred twelve", but not "two twelve"."""
        if at_start:
            return True
        if value >= 100:
            return False
        if current % 100 == 0:
            return True
        return current % 10 == 0 and current % 100 >= 20 and value < 10
