"""Names of persons among the words of a mention: where they stand, and how they compare to a known name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from apps.attribution.naming import Token, tokens, unmarked
from apps.attribution.nations import key, nations
from apps.attribution.offices import offices

LONGEST_NAME = 6
LONGEST_DESCRIPTION = 5
APART = re.compile(r"[,;:()\[\]–—|]|\s-+\s|\b(?:who|which|whose|whom|where)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Person:
    """A person's name in a mention; ``titled`` if a title stands by it, ``whole`` if no other word in its part does."""

    text: str
    titled: bool
    whole: bool


def segments(mention: str) -> list[str]:
    """A mention cut at commas, brackets, dashes and relative pronouns, at most four parts."""
    return [part for piece in APART.split(mention, maxsplit=8) if (part := piece.strip(" \t\n\"'“”‘’«»"))][:4]


def looks_like_person(text: str) -> bool:
    """Two to six words like a name, none of them for a body, the first no state: what a title may stand before."""
    words = tokens(text)
    return (
        2 <= len(words) <= LONGEST_NAME
        and text.split(maxsplit=1)[0].lower() not in ("the", "a", "an")
        and all(_may_be_name(token) for token in words)
        and not any(token.word in offices().words["bodies"] for token in words)
        and (nations().at(words, 0) is None or words[0].word in offices().words["given"])
        and not is_place(text)
    )


def _may_be_name(token: Token) -> bool:
    small = offices().words["particles"]
    return (token.capital or token.word in small) and token.word not in offices().words["owning"]


def is_place(text: str) -> bool:
    """Whether a text is the name of a state, a capital or a seat of power."""
    table, words = nations(), key(text)
    return words in table.names or words in table.capitals or words in table.seats


def persons(mention: str) -> list[Person]:
    """Every person a mention seems to name, part by part; the first is the speaker.

    >>> [p.text for p in persons("Orland's defence ministry spokesperson Karo Mint")]
    ['Karo Mint']
    """
    parts = segments(mention)
    out = []
    for number, part in enumerate(parts):
        found = _at_end(part)
        if found is not None and number:
            found = Person(found.text, describes(parts[0]), found.whole and describes(parts[0]))
        elif found is not None and any(_has_title(tokens(other)) for other in parts[1:]):
            found = Person(found.text, True, found.whole)
        if found is not None:
            out.append(found)
    return out


def describes(part: str) -> bool:
    """Whether words before a comma only say who the one named after it is: "the council's chairwoman, Inge Tarrant"."""
    words = tokens(part)
    small = offices().words["owning"] | offices().words["directed"]
    head = words[: next((k for k, token in enumerate(words) if token.word in small), len(words))]
    if not head or head[-1].capital or head[-1].word in offices().words["unnamed"]:
        return False
    return head[-1].word in offices().words["titles"] or len(words) <= LONGEST_DESCRIPTION


def _has_title(words: Sequence[Token]) -> bool:
    return any(token.word in offices().words["titles"] for token in words)


def _at_end(part: str) -> Person | None:
    """The name a part of a mention ends in: after a title any word like a name, else two words and nothing else."""
    words = tokens(part)
    first = len(words)
    while first and len(words) - first < LONGEST_NAME and _in_name(words, first - 1):
        first -= 1
    while first < len(words) and words[first].word in offices().words["particles"] and not words[first].capital:
        first += 1
    name = words[first:]
    if not name or any(token.word in offices().words["bodies"] for token in name) or is_place(part):
        return None
    before = words[first - 1].word if first else ""
    text = " ".join(token.written for token in name)
    if before in offices().words["titles"]:
        return Person(text, True, False)
    if first == 0 and part.split(maxsplit=1)[0].lower() not in ("the", "a", "an"):
        return Person(text, False, True) if looks_like_person(text) or len(name) == 1 else None
    table = offices().words
    owned = before in table["owning"] | table["directed"] | table["connecting"] or _is_possessive(part, text)
    titled = _has_title(words[:first])
    return Person(text, titled, False) if len(name) > 1 and not owned and before else None


def _is_possessive(part: str, text: str) -> bool:
    """Whether 's stands right before the name: what is somebody's is no person, unless a title says so."""
    before = part[: max(0, part.rfind(text))].rstrip()
    return before.endswith(("'s", "’s", "s'", "s’"))


def _in_name(words: Sequence[Token], k: int) -> bool:
    token = words[k]
    if token.word in offices().words["titles"]:
        return False
    return token.capital or (token.word in offices().words["particles"] and 0 < k < len(words) - 1)


def untitled(text: str) -> str:
    """A person's name without titles before it: "Major Ina Sorn" is Ina Sorn."""
    words = tokens(text)
    first = next((k for k, token in enumerate(words[:-1]) if token.word not in offices().words["titles"]), 0)
    return " ".join(token.written for token in words[first:]) if first else text


def first_and_last(text: str) -> tuple[str, ...]:
    """The words of a person's name without titles before it, comparable; never none."""
    words = [token.word for token in tokens(text)] or [unmarked(text)]
    while len(words) > 1 and words[0] in offices().words["titles"]:
        words = words[1:]
    return tuple(words)


def shortened(said: Sequence[str], known: Sequence[str]) -> str | None:
    """How one name is the other with more or less said: an initial, or names in the middle; None if it is not."""
    if len(said) < 2 or len(known) < 2 or said[-1] != known[-1]:
        return None
    a, b = said[0], known[0]
    if a != b:
        initial = 1 in (len(a), len(b)) and a[0] == b[0]
        return "with an initial" if initial else None
    if len(said) == len(known):
        pairs = zip(said[1:-1], known[1:-1], strict=True)
        return "with an initial" if all(x == y or (1 in (len(x), len(y)) and x[0] == y[0]) for x, y in pairs) else None
    return "with names in the middle left out"
