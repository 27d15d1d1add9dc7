"""What goes with an attribution: the channel, the day it was said, the figures in its content."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from apps.attribution.cues import Lexicon
from apps.attribution.drafts import Draft
from apps.attribution.figures import figures
from apps.attribution.segmentation import Document
from apps.attribution.types import Figure, Said, Span

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan",
            "february feb",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sept sep",
            "october oct",
            "november nov",
            "december dec",
        ),
        start=1,
    )
    for name in names.split()
}
CLOCK = re.compile(r"\d{1,2}[:.]\d{2}$")
NEAR = 16
MOST_FIGURES = 40


class Circumstances:
    """Reads the surroundings of a cue; figures are read once for the whole text."""

    def __init__(self, doc: Document, lex: Lexicon, published: date | None) -> None:
        self.doc = doc
        self.lex = lex
        self.published = published
        self.all_figures = figures(doc, lex)
        self.figure_starts = [figure.span.start for figure in self.all_figures]

    def figures(self, content: Sequence[Span]) -> tuple[Figure, ...]:
        """Figures that stand inside the content, in order; ``part_of`` counted anew among them."""
        places: list[int] = []
        for span in content:
            first = bisect_left(self.figure_starts, span.start)
            for n in range(first, min(first + MOST_FIGURES, len(self.all_figures))):
                if self.all_figures[n].span.start >= span.end:
                    break
                if self.all_figures[n].span.end <= span.end:
                    places.append(n)
        anew = {n: place for place, n in enumerate(places)}
        return tuple(
            replace(figure, part_of=None if figure.part_of is None else anew.get(figure.part_of))
            for figure in (self.all_figures[n] for n in places)
        )

    def channel(self, draft: Draft) -> str | None:
        """The first channel whose words stand beside the cue, outside the content."""
        low = self.doc.low
        near = self._beside(draft)
        for name, phrases in self.lex.channels.items():
            for phrase in phrases:
                for k in near:
                    if low[k] == phrase[0] and tuple(low[k : k + len(phrase)]) == phrase:
                        return name
        return None

    def _beside(self, draft: Draft) -> list[int]:
        """Tokens near the cue that belong to neither source nor content."""
        content = [(p.first, p.last) for p in draft.content]
        last = max(part.last for part in draft.cue + draft.source)
        out = [k for part in draft.cue for k in range(part.first, part.last + 1)]
        for k in range(draft.cue[-1].last + 1, min(len(self.doc), last + NEAR)):
            if any(a <= k <= b for a, b in content):
                break
            if self.doc.low[k] in (".", "?", "!", ";") or self.doc.paragraph[k] != self.doc.paragraph[draft.verb]:
                break
            out.append(k)
        return out

    def said(self, draft: Draft) -> Said | None:
        """The day named beside the cue, relative to the day of publication where it has to be."""
        near = self._beside(draft)
        near += self._between(draft)
        for k in near:
            found = self._day(k)
            if found is not None:
                return found
        if self.published is None:
            return None
        return Said(on=None, precision="unknown", words=None)

    def _between(self, draft: Draft) -> list[int]:
        """Tokens between the source and its cue: "the army on Tuesday denied"."""
        cue = draft.cue[0].first
        out: list[int] = []
        for k in range(cue - 1, max(-1, cue - 5), -1):
            if self.doc.low[k] in ("and", "but", ",") or any(p.first <= k <= p.last for p in draft.source):
                break
            out.append(k)
        return out

    def _day(self, k: int) -> Said | None:
        word = self.doc.low[k]
        on: date | None = None
        first = last = k
        if word in WEEKDAYS:
            on = self._weekday(WEEKDAYS.index(word))
            if self.doc.low[k + 1 : k + 2] in (["morning"], ["afternoon"], ["evening"], ["night"]):
                last = k + 1
        elif word in ("today", "yesterday"):
            on = self._days_back(int(word == "yesterday"))
        elif word in MONTHS and self.doc.words[k][0].isupper():
            found = self._calendar(k)
            if found is None:
                return None
            on, last = found
        else:
            return None
        precision = "day" if on is not None else "unknown"
        if on is not None and any(CLOCK.match(w) for w in self.doc.words[max(0, first - 4) : last + 4]):
            precision = "minute"
        return Said(on=on, precision=precision, words=Span(self.doc.starts[first], self.doc.ends[last]))

    def _weekday(self, number: int) -> date | None:
        """The last such day up to and including the day of publication."""
        if self.published is None:
            return None
        return self._days_back((self.published.weekday() - number) % 7)

    def _days_back(self, days: int) -> date | None:
        if self.published is None or self.published.toordinal() <= days:
            return None
        return self.published - timedelta(days=days)

    def _calendar(self, k: int) -> tuple[date, int] | None:
        """ "20 September 2023", "September 20", "Sept. 20, 2023": a date, and its last token."""
        words = self.doc.words
        month = MONTHS[self.doc.low[k]]
        after = k + 2 if words[k + 1 : k + 2] == ["."] else k + 1
        day = _number(words, after)
        last = after
        if day is None or day > 31:
            day = _number(words, k - 1)
            last = k
        if day is None or not 1 <= day <= 31:
            return None
        at = last + 2 if words[last + 1 : last + 2] == [","] else last + 1
        year = _number(words, at)
        if year is not None and 1900 <= year <= 2200:
            last = at
        else:
            if self.published is None:
                return None
            year = self.published.year
        try:
            return date(year, month, day), last
        except ValueError:
            return None


def _number(words: Sequence[str], k: int) -> int | None:
    if 0 <= k < len(words) and words[k].isascii() and words[k].isdigit() and len(words[k]) <= 4:
        return int(words[k])
    return None
