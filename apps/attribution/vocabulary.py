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


@dataclass(frozen=True, slots=True)
class WhenWords:
    """The table ``[when]``: days, months, parts of the day and the phrases that say when."""

    weekdays: Mapping[str, int]
    months: Mapping[str, int]
    parts: Mapping[str, tuple[int, int]]
    phrases: Phrases
    classes: Mapping[str, frozenset[str]]
    opening: frozenset[str]


def when_words(data: Mapping[str, Any]) -> WhenWords:
    """The table ``[when]`` of a lexicon file."""
    table = data["when"]
    weekdays = {word: number for number, word in enumerate(table["weekdays"].split())}
    months = {word: number for number, names in enumerate(table["months"], start=1) for word in names.split()}
    backwards: dict[str, list[str]] = {}
    for phrase, meaning in table["phrases"].items():
        backwards.setdefault(meaning, []).append(phrase)
    phrases = by_first(backwards)
    parts = {word: (first, last) for word, (first, last) in table["parts"].items()}
    return WhenWords(
        weekdays=weekdays,
        months=months,
        parts=parts,
        phrases=phrases,
        classes={name: frozenset(words.split()) for name, words in table.items() if isinstance(words, str)},
        opening=frozenset((*weekdays, *months, *parts, *phrases)),
    )


@dataclass(frozen=True, slots=True)
class ChannelWords:
    """The table ``[channels]``: (rank, channel, phrase) under the phrase's first word; "=" asks for the word as is."""

    under: Mapping[str, tuple[tuple[int, str, tuple[str, ...]], ...]]


def channel_words(data: Mapping[str, Any]) -> ChannelWords:
    """The table ``[channels]`` of a lexicon file; channels named earlier rank before those named later."""
    under: dict[str, list[tuple[int, str, tuple[str, ...]]]] = {}
    for rank, (channel, phrases) in enumerate(data["channels"].items()):
        for phrase in phrases:
            words = tuple(phrase.split())
            under.setdefault(words[0].removeprefix("=").lower(), []).append((rank, channel, words))
    return ChannelWords({word: tuple(entries) for word, entries in under.items()})


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
