"""The rules by which words name a source, from the most literal to what is never more than a proposal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from apps.attribution.naming import ARTICLES, Name, tokens
from apps.attribution.nations import key, nations, stem
from apps.attribution.offices import SPEAKER, Bag, offices, said
from apps.attribution.persons import Person, describes, first_and_last, is_place, persons, segments, shortened
from apps.attribution.register import BY_WAY, Names

REASONS = {
    "same": "the {form} name “{text}” in other words",
    "stems": "the {form} name “{text}”, with a word for its people or place",
    "near": "often another word for “{text}”",
}
RULES = {"same": "words", "stems": "demonym", "near": "near"}
SPEAKS_FOR = "somebody who speaks for “{text}” and is not named"
STANDS_FOR = "often stands for “{text}”; a person decides whom a metonym stands for"
LONGEST_STATE = 3
LONGEST_ACRONYM = 8
SUREST_ACRONYM = 3
"""Letters from which on initials are believed even where several bodies have them."""


@dataclass(frozen=True, slots=True)
class Fit:
    """Names that a rule found, with its reason (``{text}`` and ``{form}`` are the name's) and whether it is certain."""

    names: tuple[Name, ...]
    rule: str
    reason: str
    certain: bool


def fit(names: Iterable[Name], rule: str, reason: str, *, certain: bool) -> Fit | None:
    """A fit, or None where no name was found."""
    found = tuple(dict.fromkeys(names))
    return Fit(found, rule, reason, certain) if found else None


def proposal(names: Iterable[Name], rule: str, reason: str) -> Fit | None:
    """A fit that a person has to decide."""
    return fit(names, rule, reason, certain=False)


def literally(words: str, known: Names) -> Iterable[Fit | None]:
    """Names written so, but for case and marks, order, other words for an office, and a title before a person."""
    parts = segments(words)
    for reading in dict.fromkeys((words, parts[0] if parts else words)):
        yield fit(known.exact(reading), "exact", "exactly the {form} name “{text}”", certain=True)
        yield fit(
            known.folded(reading), "folded", "the {form} name “{text}” but for case, marks or a title", certain=True
        )
    named = persons(words)
    for person in named:
        yield _person(person, known)
    if not any(person.titled or not person.whole for person in named) and parts:
        yield from _office(parts[0], known)
        yield _described_body(parts, known)


def _person(person: Person, known: Names) -> Fit | None:
    names = [n for n in known.folded(person.text) if n.form not in BY_WAY and n.form != "acronym"]
    if len(person.text.split()) < 2:
        return None
    if person.titled or person.whole:
        return fit(names, "titled", "a title and the {form} name “{text}”", certain=True)
    return proposal(names, "tail", "ends in the {form} name “{text}”")


def _office(part: str, known: Names) -> Iterable[Fit | None]:
    reading = said(part)
    same = known.bags("same", reading.same)
    if same:
        order = _content_words(part) == _content_words(same[0].text)
        reason = "the {form} name “{text}” in other order" if order else REASONS["same"]
        yield _named(part, "same", reading.same, known, reason=reason)
    capitals = frozenset(stem(token.word) for token in tokens(part) if token.capital)
    if capitals:
        yield _named(part, "stems", reading.stems, known)
        reason = "the {form} name “{text}”, with a place that another of its names gives"
        yield fit(known.with_place(reading.stems, capitals), "place", reason, certain=True)


def _described_body(parts: Sequence[str], known: Names) -> Fit | None:
    """What a body is, and then its name: "the relief agency Open Hands"; "its operator, the Red Lantern"."""
    if len(parts) > 1 and describes(parts[0]) and not any(token.capital for token in tokens(parts[0])[1:]):
        return fit(known.folded(parts[1]), "apposed", "described, and called by the {form} name “{text}”", certain=True)
    words = tokens(parts[0])
    first = next((k for k, token in enumerate(words) if token.capital and k), len(words))
    if first == len(words) or not all(token.capital for token in words[first:]):
        return None
    before = words[first - 1]
    if before.capital or before.word not in offices().words["bodies"] or any(t.capital for t in words[1:first]):
        return None
    name = " ".join(token.written for token in words[first:])
    return fit(known.folded(name), "apposed", "described, and called by the {form} name “{text}”", certain=True)


def _content_words(text: str) -> frozenset[str]:
    return frozenset(token.word for token in tokens(text)) - offices().words["owning"]


def _named(part: str, level: str, bags: Iterable[Bag], known: Names, *, reason: str = "") -> Fit | None:
    """Names that say one of ``bags``; a spokesman is no spokeswoman."""
    gender = said(part).gender
    names = known.bags(level, [bag for bag in bags if len(bag) > 1])
    names = [n for n in names if not gender or said(n.text).gender in ("", gender)]
    return fit(names, RULES[level], reason or REASONS[level], certain=level != "near")


def loosely(words: str, known: Names) -> Iterable[Fit | None]:
    """What is never certain."""
    parts = segments(words)
    named = persons(words)
    part = parts[0] if parts else words
    for person in named:
        yield from _person_loosely(person, known)
    if any(person.titled or len(person.text.split()) > 1 for person in named):
        return
    yield from _state(part, known)
    yield from _capital(part, known)
    yield _acronym(part, known)
    if len(tokens(part)) == 1:
        yield _alike(part, known)
    if is_unnamed(part):
        return
    yield from _spokesperson(part, known) if speaks(part) else _described(part, known)


def _person_loosely(person: Person, known: Names) -> Iterable[Fit | None]:
    words = first_and_last(person.text)
    same = known.surname(words[-1])
    if len(words) == 1:
        if not is_place(person.text):
            yield proposal(same, "surname", "the only person known with the last name of “{text}”")
        return
    shorter = [n for n in same if shortened(words, first_and_last(n.text))]
    yield proposal(shorter, "shortened", "“{text}” with an initial, or names left out")
    yield proposal(known.persons_in([frozenset(words)]), "reversed", "“{text}” in reversed order")
    yield _alike(person.text, known)


def _alike(text: str, known: Names) -> Fit | None:
    scored = known.alike(text)
    best = min((difference for difference, _ in scored), default=0)
    names = [n for difference, n in scored if difference == best]
    return proposal(names, "transliteration", "spelt like “{text}” in another transliteration")


def _state(part: str, known: Names) -> Iterable[Fit | None]:
    """A state's name for its government; not the word for its people."""
    words = tokens(part)
    bags = said(part).same
    short = 0 < len(words) <= LONGEST_STATE and all(token.capital for token in words)
    listed = key(part) in nations().names and words[0].capital
    if not listed and (not short or any(token[0] in "@#~" for bag in bags for token in bag)):
        return
    reason = "the state whose government is “{text}”; a person decides whom its name stands for"
    yield proposal(known.bags("same", [bag | {"#government"} for bag in bags]), "state", reason)


def _capital(part: str, known: Names) -> Iterable[Fit | None]:
    """A capital or a seat of power for whoever sits there."""
    table, words = nations(), key(part)
    if not part[:1].isupper() and not part.startswith("the "):
        return
    for more in ({"#government"}, set()):
        bags = [frozenset({f"@{code}", *more}) for code in table.capitals.get(words, ())]
        yield proposal(known.bags("same", bags), "metonym", f"a capital, which {STANDS_FOR}")
    seat = table.seats.get(words)
    for office in (seat.office, "government") if seat else ():
        for level in ("same", "near"):
            bag = frozenset({f"@{seat.state}", f"#{office}"}) if seat else frozenset()
            yield proposal(known.bags(level, [bag]), "metonym", f"a seat of power, which {STANDS_FOR}")


def _acronym(part: str, known: Names) -> Fit | None:
    words = tokens(part)
    if len(words) != 1 or sum(c.isupper() for c in words[0].written) < 2 or len(words[0].word) > LONGEST_ACRONYM:
        return None
    found = known.acronyms(words[0].word.upper())
    if len(words[0].word) < SUREST_ACRONYM and len({n.source_id for n in found}) > 1:
        return None
    return proposal(found, "acronym", "the initials of “{text}”")


def speaks(text: str) -> bool:
    """Whether the words are about somebody who speaks for somebody else."""
    return any(SPEAKER in bag for bag in said(text).same)


def _spokesperson(part: str, known: Names) -> Iterable[Fit | None]:
    """Whoever speaks for a source and is not named: its spokesperson, if one is known, else the source itself."""
    reading = said(part)
    yield _named(part, "near", reading.near, known)
    for level, bags in (("same", reading.same), ("stems", reading.stems), ("near", reading.near)):
        silent = [bag - {SPEAKER} for bag in bags]
        yield proposal(known.bags(level, silent), "spokesperson", SPEAKS_FOR)
        yield proposal(known.persons_in(silent), "spokesperson", SPEAKS_FOR)
        if level == "same":
            yield proposal((n for bag in silent for n in known.of_office(bag)), "spokesperson", SPEAKS_FOR)


def of_owner(rest: str, owners: Sequence[Bag], known: Names) -> Iterable[Fit | None]:
    """An office, or whoever speaks for it, with what says whose it is."""
    reading = said(rest)
    for level, bags in (("stems", reading.stems), ("near", reading.near)):
        here = [bag | owner for bag in bags for owner in owners]
        yield _named(rest, level, here, known)
        if speaks(rest):
            yield proposal(known.bags(level, [bag - {SPEAKER} for bag in here]), "spokesperson", SPEAKS_FOR)


def _described(part: str, known: Names) -> Iterable[Fit | None]:
    """An office in a word that often means it, an office without its state, and part of a name."""
    reading = said(part)
    yield _named(part, "near", reading.near, known)
    of_office = (n for bag in reading.same for n in known.of_office(bag))
    yield proposal(of_office, "office", "the only office of this kind known is “{text}”")
    words = tokens(part)
    if len(words) == 1 and words[0].word in offices().words["bodies"] and part.lower().startswith("the "):
        yield proposal(known.headed(words[0].word), "head", "the only one of its kind known is “{text}”")
    elif len(words) > 1:
        yield proposal(_holding(part, known), "part", "part of the name “{text}”")


def _holding(part: str, known: Names) -> list[Name]:
    """Names that hold all the words of a part, but for words such as "ruling" before it."""
    words = part.split()
    while len(words) > 1 and words[0].lower() in ARTICLES:
        words = words[1:]
    while True:
        found = [n for bag in said(" ".join(words)).same for n in known.holding(bag)]
        if found or len(words) < 3 or words[0].lower() not in offices().words["common"]:
            return found
        words = words[1:]


def is_unnamed(part: str) -> bool:
    """Whether the words speak of people without a name: "two officers of the Armed Forces"."""
    words = tokens(part)
    small = offices().words["owning"] | offices().words["directed"]
    head = next((k for k, token in enumerate(words) if token.word in small), len(words)) - 1
    return head >= 0 and words[head].word in offices().words["unnamed"]
