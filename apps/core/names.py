"""Folding names, so that spellings of one name meet."""

from __future__ import annotations

import re
import unicodedata

_QUOTES = str.maketrans(
    {"’": "'", "‘": "'", "ʼ": "'", "“": '"', "”": '"', "«": '"', "»": '"', "‑": "-", "–": "-", "—": "-"}
)
_ARTICLE = re.compile(r"^(?:the|a|an)\s+")
_SPACES = re.compile(r"[\s\-_]+")
FOLDED_LENGTH = 220


def fold(name: str) -> str:
    """Case, marks, quotes, hyphens, a leading English article and white space no longer count.

    Letters of every script stay what they are: transliteration is a decision of its own.
    """
    plain = unicodedata.normalize("NFKD", name.translate(_QUOTES))
    bare = "".join(c for c in plain if not unicodedata.combining(c)).casefold()
    words = _SPACES.sub(" ", bare).strip(" .,;:'\"()")
    return _ARTICLE.sub("", words)[:FOLDED_LENGTH]
