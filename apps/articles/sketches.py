"""Which articles carry the same text: a sketch to find candidates by, and an exact comparison to judge them by.

A sketch holds the smallest hashes of a text's word shingles (bottom-k sampling: Broder 1997; Cohen and Kaplan 2007).
Two texts with at least two hashes in common are worth comparing; a GIN index over the arrays finds them. Shingles are
three words long: with five, one word in three exchanged already hides a copy from the sketch in one case of twelve,
with three in none.

Nothing here knows who wrote a text first. That is for dates, credit lines and people to say.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from hashlib import blake2b
from heapq import nsmallest
from itertools import islice
from typing import Final

from rapidfuzz.distance import LCSseq

SHINGLE: Final = 3
"""Words in a shingle."""
SIZE: Final = 24
"""Hashes in a sketch, fewer for a text of fewer shingles."""
FEWEST_SHARED: Final = 2
"""Hashes that two sketches must share for their texts to be compared."""

CONTAINED: Final = 0.15
ALIGNED: Final = 0.60
ALIGNED_BRIEF: Final = 0.85
BRIEF: Final = 60

_WORD: Final = re.compile(r"\w+")
# Putting marks in order takes quadratic time, and a hostile letter carries a million of them: so never many at once.
_PIECE: Final = re.compile(r".{1,250}(?:\s|\Z)|.{1,250}", re.DOTALL)
_WITHIN_WORD: Final = re.compile(r"(?<=\w)['’ʼ](?=\w)")
# Comparing is quadratic (in steps of 64 words); no article is as long as this, and what is comes from a stranger.
_MOST_WORDS: Final = 20_000


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two texts are, each measure between 0 and 1.

    ``resemblance`` is the Jaccard index of their shingles; ``contained_a_in_b`` the share of a's shingles that b has
    too, and the other way round; ``aligned`` the share of the shorter text's words that come in the longer one in the
    same order, other words between them or not.
    """

    resemblance: float
    contained_a_in_b: float
    contained_b_in_a: float
    aligned: float


class Reading:
    """A text made ready to be compared with many others."""

    def __init__(self, text: str) -> None:
        self.words = _words(text)
        self.shingles = _shingles(self.words)

    def sketch(self) -> list[int]:
        """At most ``SIZE`` hashes in ascending order, each once, as signed integers of 32 bits."""
        return nsmallest(SIZE, {_hashed(shingle) for shingle in self.shingles})

    def within(self, other: Reading) -> float:
        """The share of this text's shingles that the other has too; 0 where this one has no words."""
        return _share(self.shingles, other.shingles)

    def likeness(self, other: Reading) -> Likeness:
        """Compare the two in full."""
        both = len(self.shingles & other.shingles)
        either = len(self.shingles) + len(other.shingles) - both
        shorter = min(len(self.words), len(other.words))
        return Likeness(
            resemblance=both / either if either else 0.0,
            contained_a_in_b=self.within(other),
            contained_b_in_a=other.within(self),
            aligned=LCSseq.similarity(self.words, other.words) / shorter if shorter else 0.0,
        )

    def copies(self, other: Reading) -> bool:
        """Whether one of the two carries the other; see :func:`is_copy`."""
        if max(self.within(other), other.within(self)) < CONTAINED:
            return False
        brief = min(len(self.words), len(other.words)) < BRIEF
        return self.likeness(other).aligned >= (ALIGNED_BRIEF if brief else ALIGNED)


def sketch(text: str) -> list[int]:
    """At most ``SIZE`` hashes of ``text`` in ascending order, each once, as signed integers of 32 bits.

    Case, punctuation and Unicode compatibility forms make no difference. Empty for a text without words.
    """
    return Reading(text).sketch()


def containment(copy: str, original: str) -> float:
    """The share of ``copy``'s shingles that ``original`` has too; 0 where ``copy`` has no words."""
    return Reading(copy).within(Reading(original))


def same_text(a: str, b: str) -> Likeness:
    """Compare two texts in full."""
    return Reading(a).likeness(Reading(b))


def is_copy(a: str, b: str) -> bool:
    """Whether one of two texts carries the other, whole or in part, edited or not.

    It does if at least ``CONTAINED`` of the shingles of one are in the other and at least ``ALIGNED`` of the shorter
    one's words come in the longer one in the same order. Texts on one event that quote the same people pass the first
    test and fail the second (.44 at most between 181 real pages); a copy with three words in ten exchanged passes both
    (.60 at least). A text of under ``BRIEF`` words needs ``ALIGNED_BRIEF``, for a long text holds many of the words of
    a short one in order by chance.
    """
    return Reading(a).copies(Reading(b))


def _words(text: str) -> list[str]:
    plain = "".join(unicodedata.normalize("NFKC", piece) for piece in _PIECE.findall(text))
    folded = _WITHIN_WORD.sub("", plain.casefold())
    return [match[0] for match in islice(_WORD.finditer(folded), _MOST_WORDS)]


def _shingles(words: list[str]) -> set[str]:
    """Every run of ``SHINGLE`` words; of a shorter text all its words as one."""
    if not words:
        return set()
    return {" ".join(words[start : start + SHINGLE]) for start in range(max(1, len(words) - SHINGLE + 1))}


def _hashed(shingle: str) -> int:
    return int.from_bytes(blake2b(shingle.encode("utf-8", "replace"), digest_size=4).digest(), "big", signed=True)


def _share(part: set[str], whole: set[str]) -> float:
    return len(part & whole) / len(part) if part else 0.0
