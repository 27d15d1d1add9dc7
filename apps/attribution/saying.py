"""When something was said: the time named beside its cue, as an interval with its precision.

A time inside the content never counts ("said on Wednesday that on Tuesday ..."). Where none is named, the interval is
open up to the publication or the dateline, and neither is claimed as the day.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from apps.attribution.cues import Lexicon
from apps.attribution.dates import DAY, Dates, plus
from apps.attribution.moments import Moment, Moments
from apps.attribution.segmentation import Document
from apps.attribution.surroundings import Region
from apps.attribution.types import Said, Span

HEADINGS = 12
FIRST_TOKENS = 200
NEAR_DAYS = 60
MOST_DATES = 50
PARTLY = frozenset(("the", "at", "by", "around", "about"))


class Saying:
    """Reads when the statements of one document were made."""

    def __init__(self, doc: Document, lex: Lexicon, published: date | None) -> None:
        self.doc = doc
        self.low = doc.low
        self.lex = lex
        dated, self.dateline = _days_of_text(doc, lex, published)
        self.published = published or dated
        self.moments = Moments(doc, lex, published=self.published, dateline=self.dateline)

    def of(self, regions: Iterable[Region], opening: Region) -> Said | None:
        """When, by the regions around a cue and, failing them, a time that opens the content.

        None where neither they nor the text name any day.
        """
        moment = self._opening(*opening)
        if moment is not None and moment.begins is not None:
            return self._said(moment)
        unclear: Said | None = None
        for first, last in regions:
            k = first
            while k <= last:
                moment = self.moments.at(k, last) if self.moments.starts(k) else None
                if moment is not None and self._is_meant(moment, last):
                    said = self._said(moment)
                    if said.begins is not None:
                        return said
                    unclear = unclear or said
                k = moment.last + 1 if moment is not None else k + 1
        return unclear or self._open()

    def _opening(self, first: int, last: int) -> Moment | None:
        """ "Said two days ago that": a time right behind the cue, with "that" or nothing at all behind it."""
        first += first <= last and self.low[first] in ("on", "in", "at", "between")
        if first > last or not self.moments.starts(first):
            return None
        moment = self.moments.at(first, last)
        if moment is None or (moment.last < last and self.low[moment.last + 1] != "that"):
            return None
        return moment

    def _said(self, moment: Moment) -> Said:
        words = Span(self.doc.starts[moment.first], self.doc.ends[moment.last])
        bound = self._bound()
        if moment.begins is None or (bound is not None and moment.begins >= bound):
            return Said(None, "unknown", words, None, bound)
        return Said(moment.on, moment.precision, words, moment.begins, moment.ends)

    def _open(self) -> Said | None:
        bound = self._bound()
        return Said(None, "unknown", None, None, bound) if bound is not None else None

    def _bound(self) -> datetime | None:
        """The end of the day of publication, or of the dateline."""
        day = plus(self.published or self.dateline, 1)
        return datetime.combine(day, datetime.min.time()) if day is not None else None

    def _is_meant(self, moment: Moment, last: int) -> bool:
        """Not "the evening post" or "its morning bulletin": a part of the day alone stands behind "in the" or "at"."""
        words = self.lex.when
        if any(self.low[k] not in words.parts and self.low[k] not in words.classes["links"] for k in _tokens(moment)):
            return True
        before = self.low[moment.first - 1] if moment.first else ""
        after = self.low[moment.last + 1] if moment.last < last else ""
        return before in PARTLY and not (after and after[0].isalpha() and after not in self.lex.words["prepositions"])


def _tokens(moment: Moment) -> range:
    return range(moment.first, moment.last + 1)


def _days_of_text(doc: Document, lex: Lexicon, published: date | None) -> tuple[date | None, date | None]:
    """(day of publication, day of the dateline) as the text itself tells them, each None where it does not.

    A full date in a heading or byline at the top is that of publication. A dateline without a year takes that of
    publication, or, failing that, the year in which it lies near a full date anywhere in the text.
    """
    own = Dates(doc, lex.when, published)
    dated: date | None = None
    for sentence in doc.sentences[:HEADINGS]:
        if sentence.first > FIRST_TOKENS:
            break
        if (sentence.heading or sentence.skipped) and dated is None:
            dated = _full_date(own, doc, sentence.first, sentence.last)
    known = published or dated
    for sentence in doc.sentences[:HEADINGS]:
        if sentence.skipped and sentence.first <= FIRST_TOKENS:
            line = _dateline(doc, lex, sentence.first, sentence.last, known)
            if line is not None:
                return dated, line
    return dated, None


def _full_date(dates: Dates, doc: Document, first: int, last: int) -> date | None:
    """The first date in tokens ``first..last`` that names its year."""
    for k in range(first, last + 1):
        found = dates.at(k, last)
        if found is not None and found[0].precision == DAY and found[0].first is not None:
            year = str(found[0].first.year)
            if any(doc.low[n].startswith(year) for n in range(k, found[1] + 1)):
                return found[0].first
    return None


def _dateline(doc: Document, lex: Lexicon, first: int, last: int, known: date | None) -> date | None:
    """The day of "KESSEL, Sept 20 (Agency) -"."""
    anchors = [known] if known is not None else _full_dates(doc, lex)
    for anchor in anchors:
        dates = Dates(doc, lex.when, anchor)
        for k in range(first, min(last, first + 24) + 1):
            found = dates.at(k, last)
            if found is not None and found[0].precision == DAY and found[0].first is not None:
                day = found[0].first
                return day if known is not None or _is_near(day, anchor) else _next_year(day, anchor)
    return None


def _is_near(day: date, anchor: date) -> bool:
    return abs((day - anchor).days) <= NEAR_DAYS


def _next_year(day: date, anchor: date) -> date | None:
    """The same day a year later, if that is near."""
    try:
        later = day.replace(year=day.year + 1)
    except ValueError:
        return None
    return later if _is_near(later, anchor) else None


def _full_dates(doc: Document, lex: Lexicon) -> list[date]:
    """The first full dates anywhere in the text."""
    dates = Dates(doc, lex.when, None)
    out: list[date] = []
    for k, word in enumerate(doc.low):
        if word in lex.when.months:
            for start in (k - 1, k):
                found = dates.at(start, min(len(doc) - 1, k + 5)) if start >= 0 else None
                if found is not None and found[0].precision == DAY and found[0].first is not None:
                    out.append(found[0].first)
                    break
        if len(out) >= MOST_DATES:
            break
    return out
