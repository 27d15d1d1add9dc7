"""Which agency a text credits: in its dateline ("PORT ELIN, 3 April (Norwire) -") or in a credit line at its end.

The shapes are those of news style; no list of agencies is needed, and an agency that nobody has heard of is found like
any other. What is found is a sign of where a text comes from, not a proof: it may have been added to since.
"""

from __future__ import annotations

import re
from typing import Final

from . import texts

_OPENING_PARAGRAPHS: Final = 5
_CLOSING_PARAGRAPHS: Final = 3
_LONGEST_DATELINE: Final = 90

# One to five words that each begin with a capital ("AP", "Agence France-Presse", "Press Trust of India").
_WORD: Final = r"[A-ZÀ-ÖØ-ÞĀ-ŽА-ЯЁЇІЄԱ-Ֆ][\w.&’'+-]{0,30}"
_AGENCY: Final = rf"{_WORD}(?:[ /](?:(?:of|de|del|da|do|di|the|and|&) )?{_WORD}){{0,4}}"

_BRACKETED: Final = re.compile(
    rf"(?:\((?P<round>{_AGENCY})\)|\[(?P<square>{_AGENCY})\]|/(?P<slash>{_AGENCY})/)"
    r"(?P<end>\s*\.?\s*[-–—―]|\s*\.(?=\s|$))"
)
_MONTH: Final = (
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|ene|abr|ago|dic|fév|avr|mai|juin|août|déc|mär|okt|dez|set|out)"
    r"[^\W\d]{0,8}\.?"
)
_DATE: Final = re.compile(
    rf"\b(?:\d{{1,2}}(?:st|nd|rd|th|\.)?\s(?:de\s)?{_MONTH}|{_MONTH}\s\d{{1,2}}(?:st|nd|rd|th)?)(?:,?\s(?:de\s)?\d{{4}})?",
    re.IGNORECASE,
)
_PLACE_JOINTS: Final = frozenset(
    ("al", "am", "an", "and", "da", "de", "del", "der", "do", "el", "et", "la", "of", "on", "the", "y")
)
_MOST_PLACE_WORDS: Final = 8

_CREDIT_LINE: Final = re.compile(rf"[-–—]*\s*(?:\((?P<round>{_AGENCY})\)|\[(?P<square>{_AGENCY})\])\.?")
_INITIALS: Final = r"[A-Z]{2,8}(?:/[A-Z]{2,8})?"
_DESK: Final = r"(?:\s[a-z]{1,5}(?:[-/][a-z]{1,5}){0,4})?"
_INITIALS_LINE: Final = re.compile(rf"[-–—]*\s*(?P<initials>{_INITIALS}){_DESK}\.?")
_AFTER_LAST_SENTENCE: Final = re.compile(
    rf"[.!?…][\"”’»)]*\s+(?:\((?P<round>{_AGENCY})\)\.?|(?P<initials>{_INITIALS}){_DESK})$"
)

# What stands in brackets or capitals at the same places and is no agency.
_NOT_AGENCIES: Final = frozenset(
    (
        "ad", "advertisement", "analysis", "archive", "breaking", "clarification", "comment", "continued", "copyright",
        "correction", "developing", "end", "ends", "exclusive", "file", "image", "interview", "live", "more", "nnnn",
        "opinion", "photo", "photos", "picture", "pictures", "read", "reuse", "sponsored", "story", "tbc", "update",
        "updated", "updates", "video", "watch",
    )
)  # fmt: skip
# A member of parliament and the seat: "(D-Texas)".
_SEAT: Final = re.compile(r"[A-Z]{1,3}-[A-Z]")


def credit(text: str) -> str | None:
    """The agency that a normalised ``text`` credits, as it is printed there, or None where none is found.

    A dateline among the first paragraphs goes before a credit line among the last.
    """
    found = texts.paragraphs(text)
    for paragraph in found[:_OPENING_PARAGRAPHS]:
        agency = _in_dateline(text[paragraph.start : min(paragraph.end, paragraph.start + 2 * _LONGEST_DATELINE)])
        if agency is not None:
            return agency
    for paragraph in reversed(found[-_CLOSING_PARAGRAPHS:]):
        agency = _in_credit_line(text[paragraph.start : paragraph.end])
        if agency is not None:
            return agency
    return None


def _in_dateline(opening: str) -> str | None:
    for match in _BRACKETED.finditer(opening):
        before = opening[: match.start()]
        if len(before) > _LONGEST_DATELINE:
            return None
        dashed = match["end"].strip() != "."
        if _is_place_and_date(before) or (not before.strip() and dashed):
            return _agency(match)
    return None


def _is_place_and_date(words: str) -> bool:
    """Whether these are what a dateline begins with: places with capitals, perhaps a date, and no other word."""
    places = _DATE.sub(" ", words, count=1)
    tokens = re.findall(r"[^\s,./&–—-]+(?:[’'-][^\s,./&–—-]+)*", places)
    if not 0 < len(tokens) <= _MOST_PLACE_WORDS:
        return False
    named = [token for token in tokens if token.casefold() not in _PLACE_JOINTS]
    return bool(named) and all(token[0].isupper() or token[0] in "‘’'" for token in named)


def _in_credit_line(paragraph: str) -> str | None:
    last_line = paragraph.rpartition("\n")[2].strip()
    for pattern in (_CREDIT_LINE, _INITIALS_LINE):
        match = pattern.fullmatch(last_line)
        if match is not None:
            return _agency(match)
    match = _AFTER_LAST_SENTENCE.search(last_line[-200:])
    return None if match is None else _agency(match)


def _agency(match: re.Match[str]) -> str | None:
    """What a pattern found, unless it is something else that is printed in the same way."""
    named = next(value for name, value in match.groupdict().items() if value and name != "end")
    words = {word.casefold().strip(".") for word in re.split(r"[\s/]+", named)}
    if words & _NOT_AGENCIES or _SEAT.match(named) or _DATE.search(named):
        return None
    return named


def same_agency(one: str, other: str) -> bool:
    """Whether two credits name the same agency: alike but for case and article, or one the initials of the other.

    Of a joint credit ("AP/EFE") one name in common is enough.
    """
    return any(
        a == b or _initials(a_words) == b or _initials(b_words) == a
        for a, a_words in _names(one)
        for b, b_words in _names(other)
    )


def _names(credit: str) -> list[tuple[str, list[str]]]:
    """Each agency of a credit: its name folded, and its words as printed."""
    found = []
    for name in credit.split("/"):
        words = [word for word in re.split(r"[\s.&-]+", name) if word and word.casefold() != "the"]
        if words:
            found.append(("".join(words).casefold(), words))
    return found


def _initials(words: list[str]) -> str:
    """Of a name of several words: those that begin with a capital, folded; else empty."""
    capitals = [word[0] for word in words if word[0].isupper()]
    return "".join(capitals).casefold() if len(capitals) > 1 else ""
