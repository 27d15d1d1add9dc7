"""Which words name a state: its names, demonyms, capitals and seats of power, from ``lexicon/en-nations.toml``.

What the table does not hold (a place of the dossier's own) is recognised by its stem: "Orlandi" is of "Orland".
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from apps.attribution.naming import Token, tokens

SHORTEST_STEM = 4
DEMONYM = re.compile(r"(?:ians?|eans?|ans?|ese|ish|ic|ites?|ines?|ers?|is?|ns?|ois)$")
ENDING = re.compile(r"(?:ia|ea|[aeiouy])$")

Phrases = Mapping[str, tuple[tuple[tuple[str, ...], frozenset[str]], ...]]


@dataclass(frozen=True, slots=True)
class Seat:
    """A building or an assembly: the state whose it is, and which office is meant."""

    state: str
    office: str


@dataclass(frozen=True, slots=True)
class Nations:
    """Words to codes of states; a word may mean several. ``names`` are those a state itself goes by."""

    spoken: Phrases
    names: Mapping[str, frozenset[str]]
    capitals: Mapping[str, frozenset[str]]
    seats: Mapping[str, Seat]

    def at(self, words: Sequence[Token], k: int) -> tuple[frozenset[str], int] | None:
        """The states that words from number ``k`` on name or describe, and how many words that takes."""
        if not words[k].capital:
            return None
        for phrase, codes in self.spoken.get(words[k].word, ()):
            if len(phrase) <= len(words) - k and all(words[k + i].word == word for i, word in enumerate(phrase)):
                return codes, len(phrase)
        return None


@cache
def nations() -> Nations:
    """The table, read once."""
    file = resources.files("apps.attribution.lexicon") / "en-nations.toml"
    return _read(tomllib.loads(file.read_text(encoding="utf-8")))


def _read(data: Mapping[str, Any]) -> Nations:
    names: dict[str, set[str]] = {}
    spoken: dict[str, set[str]] = {}
    capitals: dict[str, set[str]] = {}
    for code, row in data["states"].items():
        for text in row["names"]:
            names.setdefault(key(text), set()).add(code)
            spoken.setdefault(key(text), set()).add(code)
        for text in row["demonyms"]:
            for form in (text, _plural(text)):
                spoken.setdefault(key(form), set()).add(code)
        for text in row["capitals"]:
            capitals.setdefault(key(text), set()).add(code)
    by_first: dict[str, list[tuple[tuple[str, ...], frozenset[str]]]] = {}
    for text in sorted(spoken, key=lambda text: -text.count(" ")):
        words = tuple(text.split())
        by_first.setdefault(words[0], []).append((words, frozenset(spoken[text])))
    return Nations(
        spoken={first: tuple(phrases) for first, phrases in by_first.items()},
        names={text: frozenset(codes) for text, codes in names.items()},
        capitals={text: frozenset(codes) for text, codes in capitals.items()},
        seats={key(text): Seat(row["state"], row["office"]) for text, row in data["seats"].items()},
    )


def key(text: str) -> str:
    """The words of a name or mention, comparable: no case, marks, articles, hyphens or 's."""
    return " ".join(token.word for token in tokens(text))


def _plural(demonym: str) -> str:
    return demonym if demonym.endswith(("s", "sh", "ch", "se")) else demonym + "s"


def stem(word: str) -> str:
    """What is common to a place and the words for its people: "osser" of "Ossery" and "Osserian"."""
    for ending in (DEMONYM, ENDING):
        while found := ending.search(word, SHORTEST_STEM):
            word = word[: found.start()]
    return word
