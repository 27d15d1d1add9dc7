"""Figures in a text: who counted how many of whom as killed, wounded, displaced, detained or missing."""

from __future__ import annotations

import re

from apps.attribution.cues import Lexicon
from apps.attribution.segmentation import Document
from apps.attribution.types import Figure, Span

DIGITS = re.compile(r"\d{1,3}(?:,\d{3})+$|\d{1,9}$")
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


def figures(doc: Document, lex: Lexicon) -> list[Figure]:
    """Every figure with a measure, in order. A bare number takes the measure of the words around it in its sentence; a
    number of people introduced by "including" takes that of the figure it is part of."""
    out: list[Figure] = []
    bounds = _sentence_bounds(doc)
    k = 0
    while k < len(doc):
        found = _number(doc, lex, k)
        if found is None:
            k += 1
            continue
        value, high, last = found
        figure = _figure(doc, lex, k, last, value, high, bounds, out)
        if figure is not None:
            out.append(figure)
        k = last + 1
    return out


def _sentence_bounds(doc: Document) -> list[tuple[int, int]]:
    out = [(0, 0)] * len(doc)
    for sentence in doc.sentences:
        for k in range(sentence.first, sentence.last + 1):
            out[k] = (sentence.first, sentence.last)
    return out


def _number(doc: Document, lex: Lexicon, k: int) -> tuple[int, int | None, int] | None:
    """(value, upper end of a range or None, last token) of the number that starts at token ``k``."""
    first = _value(doc, lex, k)
    if first is None:
        return None
    value, last = first
    if doc.low[last + 1 : last + 2] in (["to"], ["or"], ["-"], ["–"]):
        second = _value(doc, lex, last + 2)
        if second is not None and second[0] > value:
            return value, second[0], second[1]
    if doc.low[k - 1 : k] == ["between"] and doc.low[last + 1 : last + 2] == ["and"]:
        second = _value(doc, lex, last + 2)
        if second is not None and second[0] > value:
            return value, second[0], second[1]
    return value, None, last


def _value(doc: Document, lex: Lexicon, k: int) -> tuple[int, int] | None:
    if k >= len(doc):
        return None
    word = doc.low[k]
    if DIGITS.match(word) and word.isascii():
        value = int(word.replace(",", ""))
        if doc.low[k + 1 : k + 2] == ["thousand"]:
            return value * 1000, k + 1
        return value, k
    if word == "a" and doc.low[k + 1 : k + 2] in (["dozen"], ["hundred"], ["thousand"]):
        return lex.numbers[doc.low[k + 1]], k + 1
    tens, _, unit = word.partition("-")
    if unit and tens in lex.numbers and unit in lex.numbers and lex.numbers[tens] >= 20 > 9 >= lex.numbers[unit]:
        return lex.numbers[tens] + lex.numbers[unit], k
    if word not in lex.numbers:
        return None
    value = lex.numbers[word]
    last = k
    while doc.low[last + 1 : last + 2] in (["dozen"], ["hundred"], ["thousand"]) and value < 10**6:
        last += 1
        value *= lex.numbers[doc.low[last]]
    return value, last


def _figure(
    doc: Document,
    lex: Lexicon,
    first: int,
    last: int,
    value: int,
    high: int | None,
    bounds: list[tuple[int, int]],
    before: list[Figure],
) -> Figure | None:
    floor, ceiling = bounds[first]
    after = doc.low[last + 1] if last < ceiling else ""
    if after in NOT_COUNTS or (first > floor and doc.low[first - 1] in NOT_COUNTS) or after == "-":
        return None
    if (
        value >= 1900
        and value <= 2100
        and "," not in doc.words[first]
        and doc.low[first - 1 : first] in (["in"], ["of"])
    ):
        return None
    noun_at = _noun(doc, lex, last, ceiling)
    measure = _measure(doc, lex, first, last, noun_at, floor, ceiling, before)
    if measure is None:
        return None
    comparator, start = _comparator(doc, lex, first, floor)
    if high is not None:
        comparator = "range"
    of_whom = doc.slice(last + 1, noun_at) if noun_at is not None else ""
    end = noun_at if noun_at is not None else last
    return Figure(measure, value, high, comparator, of_whom, Span(doc.starts[start], doc.ends[end]))


def _noun(doc: Document, lex: Lexicon, last: int, ceiling: int) -> int | None:
    """The counted noun within three tokens: "27 people", "two elderly men"."""
    for k in range(last + 1, min(last + 4, ceiling + 1)):
        if doc.low[k] in lex.people:
            return k
        if not doc.words[k][0].isalpha() or doc.low[k] in lex.words["prepositions"] | lex.words["auxiliaries"]:
            return None
    return None


def _measure(
    doc: Document,
    lex: Lexicon,
    first: int,
    last: int,
    noun_at: int | None,
    floor: int,
    ceiling: int,
    before: list[Figure],
) -> str | None:
    if before and _is_part(doc, first, floor, before[-1]):
        return before[-1].measure
    start = _comparator(doc, lex, first, floor)[1]
    if start > floor and (found := _named(lex, doc.low[start - 1])) is not None:
        return found
    end = noun_at if noun_at is not None else last
    if noun_at is None and _counts_things(doc, lex, last, ceiling):
        return None
    joined = False
    for k in range(end + 1, min(end + 1 + AHEAD, ceiling + 1)):
        if doc.low[k] == "and" and k == end + 1 and _starts_figure(doc, lex, k + 1):
            joined = True
        elif doc.low[k] in (";", "and", "while", "but") or (not joined and _value(doc, lex, k) is not None):
            break
        found = _named(lex, doc.low[k])
        if found is not None:
            return found
    comma = False
    for k in range(first - 1, max(first - 1 - BEHIND, floor - 1), -1):
        found = _named(lex, doc.low[k])
        if found is not None and not comma:
            return found
        comma = comma or doc.low[k] in (";", ",", "and")
        if _value(doc, lex, k) is not None and doc.low[k] != "one":
            break
    return "other" if noun_at is not None and _compared(doc, lex, first, floor) else None


def _counts_things(doc: Document, lex: Lexicon, last: int, ceiling: int) -> bool:
    """Whether the number stands before a noun that is nobody: "two summits", unless the verb follows at once."""
    if last >= ceiling or not doc.words[last + 1][0].isalpha():
        return False
    after = doc.low[last + 1]
    closed = lex.words["auxiliaries"] | lex.words["prepositions"] | lex.words["subordinators"] | lex.words["adverbs"]
    if after in closed or _named(lex, after) is not None:
        return False
    if last + 3 <= ceiling and doc.low[last + 2] in lex.words["be"] and _named(lex, doc.low[last + 3]) is not None:
        return False
    return True


def _starts_figure(doc: Document, lex: Lexicon, k: int) -> bool:
    return any(_value(doc, lex, k + n) is not None for n in range(3))


def _compared(doc: Document, lex: Lexicon, first: int, floor: int) -> bool:
    return _comparator(doc, lex, first, floor)[0] != "exactly" or doc.words[first][0].isdigit()


def _is_part(doc: Document, first: int, floor: int, before: Figure) -> bool:
    """Whether "including" stands between the figure before and this one, close to both."""
    for k in range(first - 1, max(first - 5, floor - 1), -1):
        if doc.starts[k] < before.span.end:
            return False
        if doc.low[k] in ("including", "among"):
            return doc.starts[k] - before.span.end < 60
    return False


def _named(lex: Lexicon, word: str) -> str | None:
    return next((name for name, words in lex.measures.items() if word in words), None)


def _comparator(doc: Document, lex: Lexicon, first: int, floor: int) -> tuple[str, int]:
    for name, phrases in lex.comparators.items():
        for phrase in phrases:
            start = first - len(phrase)
            if start >= floor and tuple(doc.low[start:first]) == phrase:
                return name, start
    return "exactly", first
