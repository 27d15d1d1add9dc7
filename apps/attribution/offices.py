"""Names of institutions as bags of what they say: which office, whose, and the words left over.

"The Orlandi MoD" and "Ministry of Defence of Orland" are one bag. Three readings, from the most literal: ``same`` words
for one office and the states of the table; the same with every word cut to its ``stem``; and ``near``, where an office
may be what the news often calls it ("the army" for armed forces).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from itertools import product
from typing import Any

from apps.attribution.naming import Token, tokens
from apps.attribution.nations import key, nations, stem

SPEAKER = "~"
MOST_READINGS = 4
Bag = frozenset[str]


@dataclass(frozen=True, slots=True)
class Offices:
    """``same`` and ``near``: phrases under their first word, longest first; ``speaking``: phrases and their gender."""

    same: Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]
    near: Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]
    acronyms: Mapping[str, str]
    speaking: Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]
    words: Mapping[str, frozenset[str]]


@cache
def offices() -> Offices:
    """The table, read once."""
    file = resources.files("apps.attribution.lexicon") / "en-offices.toml"
    return _read(tomllib.loads(file.read_text(encoding="utf-8")))


def _read(data: Mapping[str, Any]) -> Offices:
    same = {_plain(text): name for name, row in data["offices"].items() for text in row["same"]}
    near = {_plain(text): name for name, row in data["offices"].items() for text in row.get("near", ())}
    loose = {text: data["like"].get(name, name) for text, name in {**same, **near}.items()}
    return Offices(
        same=_by_first(same),
        near=_by_first(loose),
        acronyms={text.upper(): name for name, row in data["offices"].items() for text in row.get("acronyms", ())},
        speaking=_by_first({_plain(text): name for name, texts in data["speaking"].items() for text in texts}),
        words={name: frozenset(text.split()) for name, text in data["words"].items()},
    )


def _plain(text: str) -> str:
    return key(text).replace(" for ", " of ")


def _by_first(phrases: Mapping[str, str]) -> dict[str, tuple[tuple[tuple[str, ...], str], ...]]:
    out: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for text in sorted(phrases, key=lambda text: (-text.count(" "), text)):
        words = tuple(text.split())
        out.setdefault(words[0], []).append((words, phrases[text]))
    return {first: tuple(entries) for first, entries in out.items()}


@dataclass(frozen=True, slots=True)
class Said:
    """What the words of a name or mention say, in the readings they have; ``gender`` of whoever speaks, if it tells."""

    same: tuple[Bag, ...]
    stems: tuple[Bag, ...]
    near: tuple[Bag, ...]
    gender: str


@lru_cache(maxsize=16384)
def said(text: str) -> Said:
    """The readings of a text, at most ``MOST_READINGS`` each where a word means several states."""
    words = _owned(tokens(text))
    same, gender = _read_words(words, near=False)
    near, _ = _read_words(words, near=True)
    return Said(same=_bags(same), stems=_bags(_stems(same)), near=_bags(_stems(near)), gender=gender)


def _owned(words: Sequence[Token]) -> tuple[Token, ...]:
    """With "for" as "of": the minister for health is the minister of health."""
    return tuple(Token("of", t.written, False) if t.word == "for" else t for t in words)


def _bags(alternatives: Sequence[frozenset[str]]) -> tuple[Bag, ...]:
    return tuple(frozenset(found) for found in list(product(*alternatives))[:MOST_READINGS] if found)


def _stems(alternatives: Iterable[frozenset[str]]) -> list[frozenset[str]]:
    return [frozenset(map(_cut, each)) for each in alternatives]


def _cut(token: str) -> str:
    if token[0] in "#@~":
        return token
    preposition, mark, word = token.rpartition(">")
    return preposition + mark + (word if word[:1] in ("#", "@", "~") else stem(word))


def _read_words(words: Sequence[Token], *, near: bool) -> tuple[list[frozenset[str]], str]:
    """Each place of the bag with its alternatives, and the gender of the word for whoever speaks."""
    table = offices()
    out: list[frozenset[str]] = []
    gender = ""
    pending = ""
    k = 0
    while k < len(words):
        word = words[k].word
        found, taken, kind = _at(words, k, near=near)
        if kind in ("man", "woman"):
            gender = kind
        if found:
            out.append(frozenset(pending + token for token in found))
            pending = ""
        elif taken == 1 and k and word in table.words["directed"]:
            pending = f"{word}>"
        k += taken
    return out, gender


def _at(words: Sequence[Token], k: int, *, near: bool) -> tuple[frozenset[str], int, str]:
    """(tokens, words taken, kind) of the longest thing that words from number ``k`` on say; no tokens to pass on."""
    table = offices()
    word = words[k].word
    state = nations().at(words, k)
    office = _phrase(table.near if near else table.same, words, k)
    speaker = _phrase(table.speaking, words, k)
    if state and (office is None or state[1] >= office[1]):
        return frozenset(f"@{code}" for code in state[0]), state[1], "state"
    if speaker and (office is None or speaker[1] >= office[1]):
        return frozenset((SPEAKER,)), speaker[1], speaker[0]
    if office:
        return frozenset((f"#{office[0]}",)), office[1], "office"
    if (acronym := _acronym(words[k])) is not None:
        return frozenset((f"#{acronym}",)), 1, "office"
    polity = _polity(words, k)
    if polity:
        return frozenset(), polity, ""
    if word in table.words["epithets"] or word in table.words["owning"] or (k and word in table.words["directed"]):
        return frozenset(), 1, ""
    return frozenset((word,)), 1, "word"


def _phrase(
    table: Mapping[str, tuple[tuple[tuple[str, ...], str], ...]], words: Sequence[Token], k: int
) -> tuple[str, int] | None:
    for phrase, name in table.get(words[k].word, ()):
        if len(phrase) <= len(words) - k and all(words[k + i].word == word for i, word in enumerate(phrase)):
            return name, len(phrase)
    return None


def _acronym(token: Token) -> str | None:
    """An office abbreviated as tables list it, if two of its letters are capital: "MoD", never "mod"."""
    if sum(c.isupper() for c in token.written) < 2:
        return None
    return offices().acronyms.get(token.written.replace(".", "").upper())


def _polity(words: Sequence[Token], k: int) -> int:
    """How many words "Republic of" takes before a name: whether a state is called so tells nobody apart."""
    table = offices()
    end = k
    while end < len(words) and words[end].capital and words[end].word in table.words["polity_epithets"]:
        end += 1
    named = end + 2 < len(words) and words[end].word in table.words["polities"] and words[end].capital
    return end + 2 - k if named and words[end + 1].word == "of" and words[end + 2].capital else 0


def initials(text: str) -> set[str]:
    """The acronyms that an institution's name may be shortened to: with small words and without, with its state or not.

    >>> sorted(initials("Ministry of Defence of Orland"))
    ['MDO', 'MODOO']
    """
    words = list(tokens(text))
    small = offices().words["owning"] | offices().words["directed"] | {"and"}
    states = {k for k, token in enumerate(words) if nations().at(words, k)}
    stateless = [token for k, token in enumerate(words) if k not in states]
    while stateless and stateless[-1].word in small:
        stateless.pop()
    out = set()
    for reading in (words, stateless):
        content = [token for token in reading if token.word not in small]
        if len(content) > 1:
            out |= {_letters(reading), _letters(content)}
    return out


def _letters(words: Iterable[Token]) -> str:
    return "".join(token.word[0] for token in words).upper()
