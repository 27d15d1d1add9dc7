"""Times as news names them, "late on Tuesday", "at 09:30 local time", "two days ago", and the interval each means.

Intervals are naive, in the local time of the text, and half-open. A weekday is the last one up to the day of
publication, as reporters use it; a date without a year the last such date. What is named last before ("hours later")
and the day of the dateline ("in the evening") are looked at only where the words point to them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from apps.attribution.cues import Lexicon
from apps.attribution.dates import (
    DAY,
    MINUTE,
    PART,
    UNKNOWN,
    WEEK,
    Dates,
    Days,
    plus,
    whole_month,
    whole_year,
)
from apps.attribution.segmentation import Document
from apps.attribution.vocabulary import ahead

CLOCK = re.compile(r"(\d{1,2})[:.](\d{2})$")
LOOK_BACK = 80
CLUSTER = 14


@dataclass(frozen=True, slots=True)
class Moment:
    """The interval that tokens ``first..last`` name; both ends None where they cannot be told."""

    first: int
    last: int
    precision: str = UNKNOWN
    begins: datetime | None = None
    ends: datetime | None = None

    @property
    def on(self) -> date | None:
        """The day, where the words name no more than one."""
        return self.begins.date() if self.begins is not None and self.precision in (MINUTE, PART, DAY) else None


@dataclass(slots=True)
class _Parts:
    """What has been read of one time so far."""

    days: Days | None = None
    hours: tuple[int, int] | None = None
    clock: tuple[int, int] | None = None
    elsewhere: bool = False
    last: int = -1


class Moments:
    """Reads the times of one document against the day it was published and the day of its dateline."""

    def __init__(self, doc: Document, lex: Lexicon, *, published: date | None, dateline: date | None) -> None:
        self.doc = doc
        self.low = doc.low
        self.lex = lex
        self.words = lex.when
        self.published = published or dateline
        self.dates = Dates(doc, lex.when, self.published)
        self.today = dateline if dateline is not None and self._is_recent(dateline) else self.published

    def _is_recent(self, dateline: date) -> bool:
        return self.published is not None and 0 <= (self.published - dateline).days <= 7

    def starts(self, k: int) -> bool:
        """Whether a time, of whatever sort, may start at token ``k``."""
        word = self.low[k]
        return word in self.words.opening or word[0].isdigit() or word in self.lex.figures.numbers or word == "a"

    def at(self, k: int, ceiling: int) -> Moment | None:
        """The time that starts at token ``k``, up to token ``ceiling``; its parts may come in any order."""
        parts = _Parts()
        at, stop = k, min(ceiling, k + CLUSTER)
        while at <= stop:
            last = self._part(at, stop, parts)
            if last is not None:
                parts.last, at = last, last + 1
            elif at > k and self._links(at):
                at += 1
            else:
                break
        if parts.last < 0 or (parts.days is None and parts.hours is None and parts.clock is None):
            return None
        return self._moment(k, parts)

    def _links(self, k: int) -> bool:
        return self.low[k] in self.words.classes["links"] or self.low[k] in self.words.classes["local"]

    def _part(self, k: int, stop: int, parts: _Parts) -> int | None:
        """Read one part of a time into ``parts``; its last token, or None where token ``k`` starts none."""
        clock = self._clock(k, stop)
        if clock is not None:
            if parts.clock is not None:
                return None
            parts.clock, parts.elsewhere, last = clock
            return last
        days = self._days(k, stop, parts)
        if days is not None:
            return days
        word = self.low[k]
        if word in self.words.parts and not self._is_capital_may(k):
            parts.hours = _meet(parts.hours, self.words.parts[word])
            return k
        return None

    def _is_capital_may(self, k: int) -> bool:
        return self.doc.words[k][0].isupper() and k > 0 and self.doc.words[k - 1][0].isupper()

    def _days(self, k: int, stop: int, parts: _Parts) -> int | None:
        if parts.days is not None:
            return self._date_behind_weekday(k, stop, parts)
        found = self._phrase(k, parts) or self._counted(k, stop) or self._weekday(k) or self.dates.at(k, stop)
        if found is None:
            return None
        parts.days, last = found
        return last

    def _date_behind_weekday(self, k: int, stop: int, parts: _Parts) -> int | None:
        """ "Wednesday, 8 May": the date says more than the weekday."""
        found = self.dates.at(k, stop)
        if (
            found is None
            or found[0].precision != DAY
            or parts.last < 0
            or self.low[parts.last] not in self.words.weekdays
        ):
            return None
        parts.days, last = found
        return last

    def _phrase(self, k: int, parts: _Parts) -> tuple[Days, int] | None:
        """ "yesterday", "overnight", "last week", "earlier in the day"."""
        found = ahead(self.words.phrases, self.low, k)
        if found is None:
            return None
        sort, number = found[0].split()
        count = int(number)
        if sort in self.words.parts:
            parts.hours = self.words.parts[sort]
            return self._shifted(self.today, count), found[1]
        if sort in ("same", "either"):
            return self._shifted(self._day_before(k) or (self.today if sort == "either" else None), count), found[1]
        if sort == "day":
            return self._shifted(self.today, count), found[1]
        return self._span_of(sort, count), found[1]

    def _shifted(self, day: date | None, days: int) -> Days:
        first = plus(day, days)
        return Days(first, plus(first, 1), DAY)

    def _span_of(self, sort: str, count: int) -> Days:
        """A whole week, weekend, month or year, counted from that of the text; what is not over yet ends with today."""
        today = self.today
        if today is None:
            return Days(None, None, UNKNOWN)
        if sort in ("week", "weekend"):
            monday = plus(today, 7 * count - today.weekday())
            first = plus(monday, 5) if sort == "weekend" else monday
            if sort == "weekend" and first is not None and first > today:
                first, monday = plus(first, -7), plus(monday, -7)
            return self.dates.so_far(Days(first, plus(monday, 7), WEEK))
        if sort == "month":
            months = today.year * 12 + today.month - 1 + count
            return self.dates.so_far(whole_month(months // 12, months % 12 + 1))
        return self.dates.so_far(whole_year(today.year + count))

    def _counted(self, k: int, stop: int) -> tuple[Days, int] | None:
        """ "two days ago", "three weeks earlier", "five days later"."""
        count = 1 if self.low[k] == "a" else self._small_number(k)
        if count is None or k + 2 > stop:
            return None
        unit, way = self.low[k + 1], self.low[k + 2]
        classes = self.words.classes
        if way in classes["back"]:
            return self._ago(unit, count, k + 2)
        if unit in classes["day"] and (way in classes["earlier"] or way in classes["later"]):
            return self._shifted(self._day_before(k), -count if way in classes["earlier"] else count), k + 2
        if unit in classes["hour"] and (way in classes["earlier"] or way in classes["later"]):
            return self._shifted(self._day_before(k), 0), k + 2
        return None

    def _ago(self, unit: str, count: int, last: int) -> tuple[Days, int] | None:
        classes = self.words.classes
        if unit in classes["day"]:
            return self._shifted(self.today, -count), last
        if unit in classes["week"]:
            return self._span_of("week", -count), last
        if unit in classes["month"]:
            return self._span_of("month", -count), last
        return (Days(None, None, UNKNOWN), last) if unit in classes["hour"] else None

    def _small_number(self, k: int) -> int | None:
        word = self.low[k]
        if word.isascii() and word.isdigit() and len(word) <= 2:
            return int(word)
        value = self.lex.figures.numbers.get(word)
        return value if value is not None and value < 100 else None

    def _weekday(self, k: int) -> tuple[Days, int] | None:
        """The last such day up to and including the day of publication; "last Tuesday" is never that day itself."""
        number = self.words.weekdays.get(self.low[k])
        if number is None or self.low[k + 1 : k + 2] == ["'s"]:
            return None
        if self.published is None:
            return Days(None, None, DAY), k
        back = (self.published.weekday() - number) % 7
        if back == 0 and k and self.low[k - 1] == "last":
            back = 7
        return self._shifted(self.published, -back), k

    def _day_before(self, k: int) -> date | None:
        """The day named last before token ``k``, or None where none is named near."""
        for n in range(k - 1, max(-1, k - LOOK_BACK), -1):
            if self.low[n] in self.words.weekdays or self.low[n] in self.words.months:
                start = n - 1 if n and self.dates.day_number(n - 1) else n
                found = self._weekday(n) or self.dates.at(start, min(len(self.doc) - 1, n + 5))
                if found is not None and found[0].precision == DAY and found[0].first is not None:
                    return found[0].first
        return None

    def _clock(self, k: int, stop: int) -> tuple[tuple[int, int], bool, int] | None:
        """((hour, minute), whether in another zone, last token) of "09:30", "9.30am", "9 p.m.", "0930 GMT"."""
        word = self.low[k]
        if not word.isascii() or not word[0].isdigit():
            return None
        found = CLOCK.match(word)
        after, last = self._half(k, stop)
        if found is None and after is None:
            return None
        if found is None and not (word.isdigit() and len(word) <= 2):
            return None
        hour, minute = (int(found[1]), int(found[2])) if found is not None else (int(word), 0)
        if after is not None:
            if not 1 <= hour <= 12:
                return None
            hour = hour % 12 + (12 if after else 0)
        if hour > 23 or minute > 59 or (found is not None and "." in word and after is None):
            return None
        zone = last + 1 <= stop and self.low[last + 1] in self.words.classes["other_zones"]
        return (hour, minute), zone, last + zone

    def _half(self, k: int, stop: int) -> tuple[bool | None, int]:
        """(whether after noon, last token) of the "am" or "p.m." behind a clock time."""
        classes = self.words.classes
        for letters, last in ((self.low[k + 1 : k + 2], k + 1), (self.low[k + 1 : k + 5], k + 4)):
            word = "".join(letters).replace(".", "")
            whole = len(letters) == 1 or "".join(letters).count(".") == 2
            if last <= stop + 1 and whole and (word in classes["before_noon"] or word in classes["after_noon"]):
                return word in classes["after_noon"], last
        return None, k

    def _moment(self, first: int, parts: _Parts) -> Moment:
        days = parts.days or self._shifted(self.today, 0)
        if days.first is None or days.until is None:
            return Moment(first, parts.last)
        midnight = datetime.combine(days.first, datetime.min.time())
        if days.precision == DAY and parts.clock is not None and not parts.elsewhere:
            begins = midnight + timedelta(hours=parts.clock[0], minutes=parts.clock[1])
            return Moment(first, parts.last, MINUTE, begins, _later(begins, timedelta(minutes=1)))
        if days.precision == DAY and parts.hours is not None and parts.clock is None:
            begins = midnight + timedelta(hours=min(23, parts.hours[0]))
            return Moment(first, parts.last, PART, begins, _later(midnight, timedelta(hours=parts.hours[1])))
        return Moment(first, parts.last, days.precision, midnight, datetime.combine(days.until, datetime.min.time()))


def _meet(before: tuple[int, int] | None, now: tuple[int, int]) -> tuple[int, int]:
    """What "early" and "morning" have in common; the one named last where they have nothing."""
    if before is None:
        return now
    both = max(before[0], now[0]), min(before[1], now[1])
    return both if both[0] < both[1] else now


def _later(moment: datetime, by: timedelta) -> datetime | None:
    try:
        return moment + by
    except OverflowError:
        return None
