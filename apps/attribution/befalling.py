"""The words that name what befell somebody: shared by all that look for the measure of a count."""

from __future__ import annotations

from apps.attribution.counting import THING, Count
from apps.attribution.cues import Lexicon
from apps.attribution.numerals import Numerals
from apps.attribution.segmentation import Document
from apps.attribution.vocabulary import ahead, behind

DONE = "done"


class Befalling:
    """Knows, of one document, which words name a measure and whose doing they are."""

    def __init__(self, doc: Document, lex: Lexicon, numerals: Numerals) -> None:
        self.low = doc.low
        self.lex = lex
        self.words = lex.figures
        self.classes = lex.figures.classes
        self.numerals = numerals
        self.count = len(doc)
        self.idle = lex.words["adverbs"] | lex.words["time"] | {"so", "far", "on", "up", "also", "all"}

    def named(self, k: int) -> str | None:
        """The measure a word names: "killed", "injuring"."""
        return self.words.measures.get(self.low[k]) if 0 <= k < self.count else None

    def names(self, k: int, count: Count) -> str | None:
        phrase = ahead(self.words.befalling, self.low, k)
        if phrase is not None:
            return phrase[0]
        if (found := self.named(k)) is not None:
            return found
        return DONE if count.sort == THING and self.low[k] in self.classes["done"] else None

    def is_active(self, k: int, count: Count) -> bool:
        """Whether the verb ``k`` has an object of its own and no "be": then the counted did it to others."""
        if self.low[k] not in self.classes["taking_objects"] and self.low[k] not in self.classes["done"]:
            return False
        if ahead(self.words.befalling, self.low, k) is not None:
            return False
        if any(self.low[n] in self.lex.words["be"] for n in range(count.end + 1, k)):
            return False
        after = k + 1
        if after > count.ceiling:
            return False
        word = self.low[after]
        return word in self.lex.words["determiners"] or self.numerals.starts(after) or self._compares(after, count)

    def _compares(self, k: int, count: Count) -> bool:
        """Whether a comparator starts at ``k``: "killed at least 3"."""
        for n in range(k, min(k + 4, count.ceiling)):
            if behind(self.words.comparators, self.low, n, k) is not None and self.numerals.starts(n + 1):
                return True
        return False
