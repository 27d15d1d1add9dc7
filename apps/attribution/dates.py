"""Days of the calendar as news writes them, "8 May", "May 8, 2024", "2024-05-08", "3-5 May", and whole months.

A date without a year is the last such day up to the day of publication: nobody has said anything later than that.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from apps.attribution.segmentation import Document
from apps.attribution.vocabulary import WhenWords

MINUTE, PART, DAY, WEEK, MONTH, UNKNOWN = "minute", "part_of_day", "day", "week", "month", "unknown"
ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?!\d)")
FIRST_YEAR, LAST_YEAR = 1900, 2200
RANGES = frozenset(("-", "–", "to", "and"))
ORDINALS = frozenset(("st", "nd", "rd", "th"))


@dataclass(frozen=True, slots=True)
class Days:
    """Whole days ``first`` up to, but not including, ``until``; both None where no day of publication tells."""

    first: date | None
    until: date | None
    precision: str


class Dates:
    """Reads the dates of one document against the day it was published. A read gives the days and the last token."""

    def __init__(self, doc: Document, words: WhenWords, published: date | None) -> None:
        self.doc = doc
        self.low = doc.low
        self.words = words
        self.published = published

    def at(self, k: int, stop: int) -> tuple[Days, int] | None:
        """The date that starts at token ``k`` and ends by token ``stop``."""
        word = self.low[k]
        if word.isascii() and word.isdigit():
            found = ISO.match(self.doc.text, self.doc.starts[k]) if len(word) == 4 else None
            return self._iso(found, stop) if found is not None else self._day_first(k, stop)
        if word in self.words.months and self.doc.words[k][0].isupper():
            return self._month_first(k, stop)
        return None

    def _iso(self, found: re.Match[str], stop: int) -> tuple[Days, int] | None:
        day = a_date(int(found[1]), int(found[2]), int(found[3]))
        last = self.doc.token_at(found.end() - 1)
        return (one_day(day), last) if day is not None and last <= stop else None

    def _day_first(self, k: int, stop: int) -> tuple[Days, int] | None:
        day = self.day_number(k)
        if day is None:
            return None
        until, at = day, k + 1
        if at + 1 <= stop and self.low[at] in RANGES and (second := self.day_number(at + 1)):
            until, at = second, at + 2
        at += at <= stop and self.low[at] in ORDINALS
        at += at <= stop and self.low[at] == "of"
        if at > stop or self.low[at] not in self.words.months or not self.doc.words[at][0].isupper():
            return None
        year, last = self._year(at + 1, stop)
        return self._dated(year, self.words.months[self.low[at]], day, until), last if year is not None else at

    def _month_first(self, k: int, stop: int) -> tuple[Days, int] | None:
        month = self.words.months[self.low[k]]
        at = k + 2 if self.low[k + 1 : k + 2] == ["."] else k + 1
        day = self.day_number(at) if at <= stop else None
        if day is None:
            return self._whole_month(k, month, at, stop)
        until, last = day, at
        if at + 2 <= stop and self.low[at + 1] in RANGES and (second := self.day_number(at + 2)):
            until, last = second, at + 2
        last += last < stop and self.low[last + 1] in ORDINALS
        year, year_at = self._year(last + 1, stop)
        return self._dated(year, month, day, until), last if year is None else year_at

    def _whole_month(self, k: int, month: int, at: int, stop: int) -> tuple[Days, int] | None:
        """ "in September", "in May 2023"; "may" alone and small is a verb."""
        year, last = self._year(at, stop)
        if year is not None:
            return self.so_far(whole_month(year, month)), last
        if k == 0 or self.low[k - 1] not in ("in", "early", "late", "last", "since", "mid"):
            return None
        if self.published is None:
            return Days(None, None, UNKNOWN), k
        year = self.published.year - (month > self.published.month)
        return self.so_far(whole_month(year, month)), k

    def day_number(self, k: int) -> int | None:
        word = self.low[k] if k < len(self.low) else ""
        return int(word) if word.isascii() and word.isdigit() and len(word) <= 2 and 1 <= int(word) <= 31 else None

    def _year(self, k: int, stop: int) -> tuple[int | None, int]:
        """(year, its token) at token ``k`` or behind a comma."""
        k += k < stop and self.low[k] == ","
        word = self.low[k] if k <= stop else ""
        if word.isascii() and word.isdigit() and len(word) == 4 and FIRST_YEAR <= int(word) <= LAST_YEAR:
            return int(word), k
        return None, k

    def _dated(self, year: int | None, month: int, day: int, until: int) -> Days:
        """The days of a date; without a year, the last such up to the day of publication."""
        first = a_date(year, month, day) if year is not None else self._last_such(month, day)
        if first is None or until <= day:
            return one_day(first)
        last = a_date(first.year, month, until)
        return Days(first, plus(last, 1), WEEK if until - day < 7 else MONTH)

    def _last_such(self, month: int, day: int) -> date | None:
        if self.published is None:
            return None
        here = a_date(self.published.year, month, day)
        if here is not None and (here - self.published).days <= 1:
            return here
        return a_date(self.published.year - 1, month, day)

    def so_far(self, days: Days) -> Days:
        """Up to the day of publication: what was said "this week" was said before the text was published."""
        tomorrow = plus(self.published, 1)
        if days.first is None or days.until is None or tomorrow is None or days.until <= tomorrow:
            return days
        return Days(days.first, max(tomorrow, days.first), days.precision)


def one_day(day: date | None) -> Days:
    return Days(day, plus(day, 1), DAY)


def plus(day: date | None, days: int) -> date | None:
    """The day so many days later, or None where the calendar ends before."""
    if day is None or not 1 <= day.toordinal() + days <= date.max.toordinal():
        return None
    return day + timedelta(days=days)


def a_date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def whole_month(year: int, month: int) -> Days:
    return Days(a_date(year, month, 1), a_date(year + month // 12, month % 12 + 1, 1), MONTH)


def whole_year(year: int) -> Days:
    """A year is no precision of its own: its interval is kept, the precision is unknown."""
    return Days(a_date(year, 1, 1), a_date(year + 1, 1, 1), UNKNOWN)
