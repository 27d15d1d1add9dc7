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


def sketch(text: str) -> list[int]:
    """At most ``SIZE`` hashes of ``text`` in ascending order, each once, as signed integers of 32 bits.

    Case, punctuation and Unicode compatibility forms make no difference. Empty for a text without words.
    """
    return sorted({_hashed(shingle) for shingle in _shingles(_words(text))})[:SIZE]


def containment(copy: str, original: str) -> float:
    """The share of ``copy``'s shingles that ``original`` has too; 0 where ``copy`` has no words."""
    return _share(_shingles(_words(copy)), _shingles(_words(original)))


def same_text(a: str, b: str) -> Likeness:
    """Compare two texts in full."""
    words_a, words_b = _words(a), _words(b)
    shingles_a, shingles_b = _shingles(words_a), _shingles(words_b)
    either = shingles_a | shingles_b
    shorter = min(len(words_a), len(words_b))
    return Likeness(
        resemblance=len(shingles_a & shingles_b) / len(either) if either else 0.0,
        contained_a_in_b=_share(shingles_a, shingles_b),
        contained_b_in_a=_share(shingles_b, shingles_a),
        aligned=LCSseq.similarity(words_a, words_b) / shorter if shorter else 0.0,
    )


def is_copy(a: str, b: str) -> bool:
    """Whether one of two texts carries the other, whole or in part, edited or not.

    It does if at least ``CONTAINED`` of the shingles of one are in the other and at least ``ALIGNED`` of the shorter
    one's words come in the longer one in the same order. Texts on one event that quote the same people pass the first
    test and fail the second (.44 at most between 181 real pages); a copy with three words in ten exchanged passes both
    (.60 at least). A text of under ``BRIEF`` words needs ``ALIGNED_BRIEF``, for a long text holds many of the words of
    a short one in order by chance.
    """
    likeness = same_text(a, b)
    brief = min(len(_words(a)), len(_words(b))) < BRIEF
    return max(likeness.contained_a_in_b, likeness.contained_b_in_a) >= CONTAINED and likeness.aligned >= (
        ALIGNED_BRIEF if brief else ALIGNED
    )


def _words(text: str) -> list[str]:
    folded = _WITHIN_WORD.sub("", unicodedata.normalize("NFKC", text).casefold())
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
