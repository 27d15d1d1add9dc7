"""A name of a source, and the words of names and mentions, made comparable."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

LONGEST = 400
"""Characters of a mention that are read: no name is longer."""
APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "“": '"', "”": '"', "–": "-", "—": "-"})
WORD = re.compile(r"[^\W_]+")
TOKEN = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W_]+(?:-[^\W_]+)*")
SPELLINGS = {"defence": "defense", "organisation": "organization", "labour": "labor", "programme": "program"}
ARTICLES = frozenset(("the", "a", "an"))
TAKING_SIDES = frozenset(("pro", "anti", "non", "ex", "self"))
PARTICIPLES = frozenset(("led", "held", "run", "born", "built", "made"))


@dataclass(frozen=True, slots=True)
class Name:
    """One name a source goes by.

    ``form`` is one of official, short, transliterated, acronym, metonym, role, preferred.
    """

    source_id: int
    text: str
    form: str


@dataclass(frozen=True, slots=True)
class Token:
    """A word without case and marks, and how it was written; ``capital`` also where a script knows no case."""

    word: str
    written: str
    capital: bool


def fold(text: str) -> str:
    """The words of a name without case, diacritics, a leading article, hyphens and possessive endings."""
    plain = unmarked(text).replace("'s ", " ")
    plain = plain.removesuffix("'s").removesuffix("'")
    words = [SPELLINGS.get(word, word) for word in WORD.findall(plain)]
    if words and words[0] in ARTICLES and len(words) > 1:
        words = words[1:]
    return " ".join(words)


def unmarked(text: str) -> str:
    """Without case and diacritics, with plain apostrophes and hyphens."""
    plain = text[:LONGEST].translate(APOSTROPHES).casefold()
    if plain.isascii():
        return plain
    plain = unicodedata.normalize("NFKD", plain)
    return "".join(c for c in plain if not unicodedata.combining(c))


@lru_cache(maxsize=4096)
def tokens(text: str) -> tuple[Token, ...]:
    """The words of a name or a mention but for articles and 's; "pro-X" and "X-backed" are words of their own.

    >>> [token.word for token in tokens("the U.N.'s Orland-backed Upper-Kessel office")]
    ['un', 'orland-backed', 'upper', 'kessel', 'office']
    """
    out: list[Token] = []
    plain = text[:LONGEST].translate(APOSTROPHES)
    for found in TOKEN.finditer(plain):
        written = found[0]
        if written == "s" and found.start() and plain[found.start() - 1] == "'":
            continue
        parts = [written.replace(".", "")] if "." in written else _parts(written)
        out.extend(token for part in parts if (token := _token(part, opens=not out)) is not None)
    return tuple(out)


def _parts(written: str) -> list[str]:
    parts = written.split("-")
    last = parts[-1].lower()
    if len(parts) > 1 and (
        parts[0].lower() in TAKING_SIDES or last in PARTICIPLES or (last.endswith("ed") and last.islower())
    ):
        return [written]
    return parts


def _token(written: str, *, opens: bool) -> Token | None:
    """None for an article; a capital "A" within a name is an initial."""
    word = unmarked(written)
    if not word or (word in ARTICLES and (opens or written != "A")):
        return None
    return Token(SPELLINGS.get(word, word), written, is_capital(written))


def is_capital(written: str) -> bool:
    """Whether a word begins like a name: no small letter, in scripts whose words begin with capitals at all."""
    first = written[:1]
    return first.isalpha() and (not first.islower() or first.title() == first)
