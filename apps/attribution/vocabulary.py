"""The words by which circumstances are read: tables of a lexicon file, made ready for looking up.

Phrases are tuples of lower-case tokens, kept under their first word so that a look costs one dictionary access.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MEASURES = ("killed", "wounded", "displaced", "detained", "missing")
Phrases = Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]


@dataclass(frozen=True, slots=True)
class FigureWords:
    """The table ``[figures]``: measures, those who are counted, and what stands around a number."""

    numbers: Mapping[str, int]
    multiples: Mapping[str, int]
    unspecific: Mapping[str, int]
    opening: frozenset[str]
    measures: Mapping[str, str]
    milder: Mapping[str, str]
    events: Mapping[str, str]
    befalling: Phrases
    people: frozenset[str]
    person: frozenset[str]
    things: frozenset[str]
    classes: Mapping[str, frozenset[str]]
    comparators: Phrases
    afterwards: Phrases
    new_before: Phrases
    cumulative: Phrases
    part: Phrases
    part_behind: Phrases
    of_the_whole: Phrases
    zero: Phrases


def figure_words(data: Mapping[str, Any]) -> FigureWords:
    """The tables ``[figures]`` and ``[numbers]`` of a lexicon file."""
    table = data["figures"]
    numbers: dict[str, int] = dict(data["numbers"])
    tens = [(word, value) for word, value in numbers.items() if 20 <= value < 100]
    units = [(word, value) for word, value in numbers.items() if value < 10]
    numbers |= {f"{ten}-{unit}": high + low for ten, high in tens for unit, low in units}
    measures = {word: name for name in MEASURES for word in table[name].split()}
    multiples = {word: numbers[word] for word in table["multiples"].split()}
    unspecific = dict(table["unspecific"])
    classes = {name: frozenset(words.split()) for name, words in table["classes"].items()}
    return FigureWords(
        numbers=numbers,
        multiples=multiples,
        unspecific=unspecific,
        opening=frozenset((*numbers, *unspecific, *classes["spoken"])),
        measures=measures,
        milder={word: name for name, words in table["milder"].items() for word in words.split()},
        events={word: name for name, words in table["events"].items() for word in words.split()},
        befalling=by_first(table["befalling"]),
        people=frozenset(table["people"].split()),
        person=frozenset(table["person"].split()),
        things=frozenset(table["things"].split()),
        classes=classes,
        comparators=by_first({name: table[name] for name in ("at_least", "at_most", "about", "exactly")}, last=True),
        afterwards=by_first(table["afterwards"]),
        new_before=by_first({"new": table["new_before"]}, last=True),
        cumulative=by_first({"cumulative": table["cumulative"]}),
        part=by_first({"part": table["part"]}),
        part_behind=by_first({"part": table["part"]}, last=True),
        of_the_whole=by_first({"part": table["of_the_whole"]}),
        zero=by_first({"zero": table["zero"]}),
    )


def by_first(table: Mapping[str, Sequence[str]], *, last: bool = False) -> Phrases:
    """Phrases under their first word (their last, for phrases looked up backwards), longest first, with their names."""
    out: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for name, phrases in table.items():
        for phrase in phrases:
            words = tuple(phrase.split())
            out.setdefault(words[-1 if last else 0], []).append((words, name))
    return {word: tuple(sorted(found, key=lambda entry: -len(entry[0]))) for word, found in out.items()}


def ahead(phrases: Phrases, low: Sequence[str], k: int) -> tuple[str, int] | None:
    """(name, last token) of the longest phrase that starts at token ``k``."""
    for words, name in phrases.get(low[k], ()):
        if tuple(low[k : k + len(words)]) == words:
            return name, k + len(words) - 1
    return None


def behind(phrases: Phrases, low: Sequence[str], k: int, floor: int) -> tuple[str, int] | None:
    """(name, first token) of the longest phrase that ends at token ``k`` and starts no earlier than ``floor``."""
    for words, name in phrases.get(low[k], ()):
        start = k - len(words) + 1
        if start >= floor and tuple(low[start : k + 1]) == words:
            return name, start
    return None
