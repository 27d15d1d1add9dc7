"""Tokens in the words of a lexicon, and the noun phrases that end or begin at one, by word classes and typography.

Every walk is bounded by ``REACH`` tokens, so that reading a sentence stays linear in its length.
"""

from __future__ import annotations

from dataclasses import dataclass

from apps.attribution.cues import BASE, Lexicon
from apps.attribution.segmentation import Document

REACH = 30
QUOTATION_MARKS = frozenset(("“", "”", '"', "«", "»", "„", "‘", "''", "``", "’’", "‘‘"))
DASHES = frozenset(("–", "—", "--", "-"))


@dataclass(frozen=True, slots=True)
class Phrase:
    """Tokens ``first..last``."""

    first: int
    last: int


class NounPhrases:
    """Answers questions about words and noun phrases of one document in the words of one lexicon."""

    def __init__(self, doc: Document, lex: Lexicon) -> None:
        self.doc = doc
        self.lex = lex
        self.low = doc.low

    def word_is(self, k: int, group: str) -> bool:
        """Whether token ``k`` exists and belongs to a word class."""
        return 0 <= k < len(self.low) and self.low[k] in self.lex.words[group]

    def is_word(self, k: int) -> bool:
        return 0 <= k < len(self.low) and self.doc.words[k][0].isalnum()

    def is_mark(self, k: int) -> bool:
        n = self.doc.quote_of[k]
        at_edge = n >= 0 and k in (self.doc.quotes[n].first, self.doc.quotes[n].last)
        return self.doc.words[k] in QUOTATION_MARKS or (at_edge and not self.doc.words[k][0].isalnum())

    def is_adverb(self, k: int) -> bool:
        word = self.low[k]
        return self.word_is(k, "adverbs") or (
            len(word) > 4 and word.endswith("ly") and not self.word_is(k, "not_adverbs")
        )

    def noun_phrase_before(self, j: int, floor: int) -> Phrase | None:
        """The noun phrase that ends with token ``j``."""
        if j < floor or (not self.is_word(j) and self.low[j] not in ("'s", "’")):
            return None
        if self.low[j] in self.lex.words["subject_pronouns"] or self.low[j] in ("who", "which"):
            return Phrase(j, j)
        while j > floor and self._trails(j):
            j -= 1
        if self._cannot_end_a_source(j):
            return None
        i = j
        while i > floor and j - i < 18:
            if not (self._continues_name(i, floor) or self._extends_left(i, floor)):
                break
            i -= 1
        i = self._strip_leading(i, j)
        while i <= j and self.word_is(i, "prepositions"):
            i += 1
        if i > j or not any(word[0].isalpha() for word in self.doc.words[i : j + 1]):
            return None
        if i > floor and (self.word_is(i - 1, "auxiliaries") or self.word_is(i - 1, "negations")):
            return self._with_relative_clause(i - 1, j, floor)
        return Phrase(i, j)

    def _with_relative_clause(self, verb: int, j: int, floor: int) -> Phrase | None:
        """What looked like a noun phrase after an auxiliary ends a relative clause: "an official who was not named"."""
        for k in range(verb, max(floor, verb - 8), -1):
            if self.low[k] in ("who", "which", "that"):
                inner = self.noun_phrase_before(k - 1, floor)
                return Phrase(inner.first, j) if inner is not None else None
        return None

    def _trails(self, j: int) -> bool:
        """An adverb or a day after the source proper: "Baku later", "the ministry on Monday"."""
        return self.is_adverb(j) and self.doc.words[j][0].islower() and self.is_word(j - 1)

    def _cannot_end_a_source(self, j: int) -> bool:
        word = self.low[j]
        if any(self.word_is(j, g) for g in ("not_subjects", "auxiliaries", "prepositions", "subordinators", "leading")):
            return True
        form = self.lex.verbs.get(word)
        return (
            form is not None
            and BASE not in form.tense
            and word not in self.lex.nouns
            and word not in self.lex.plural_nouns
        )

    def _strip_leading(self, i: int, j: int) -> int:
        while i < j and (self.word_is(i, "leading") or self.word_is(i, "weekdays")):
            i += 1
        return i

    def _continues_name(self, i: int, floor: int) -> bool:
        """A capitalised word with another before it: "Médecins Sans Frontières", "Doctors Without Borders"."""
        words = self.doc.words
        inside = i - 2 >= floor and words[i - 1][0].isupper() and words[i - 2][0].isupper()
        return inside and not self.word_is(i - 1, "weekdays")

    def _extends_left(self, i: int, floor: int) -> bool:
        p = self.low[i - 1]
        if self.is_mark(i - 1) or not (self.doc.words[i - 1][0].isalnum() or p in ("'s", "'", "’", "-", "/", "&", ".")):
            return False
        if p == "." and len(self.low[i - 2]) > 5:
            return False
        if p in ("and", "or"):
            return self._joins_names(i - 1, floor)
        if p in self.lex.words["subordinators"] or (p in self.lex.words["auxiliaries"] and p != "'s"):
            return False
        if p in self.lex.words["subject_pronouns"] or p in self.lex.words["negations"]:
            return False
        if p in self.lex.words["weekdays"] or p in ("today", "yesterday", "meanwhile", "earlier", "later"):
            return False
        if p in self.lex.words["prepositions"]:
            inside = p in self.lex.words["inside_noun_phrase"]
            return inside and i - 2 >= floor and self._can_precede_preposition(i - 2, p)
        if self.low[i] in self.lex.words["determiners"] and not (
            p in self.lex.words["determiners"] and self.low[i] not in ("the", "a", "an")
        ):
            return False
        form = self.lex.verbs.get(p)
        if form is not None and p not in self.lex.nouns and p not in self.lex.base_nouns:
            return bool(i - 2 >= floor and self.low[i - 2] in self.lex.words["determiners"])
        return True

    def _can_precede_preposition(self, k: int, preposition: str) -> bool:
        if not self.is_word(k) or self.word_is(k, "auxiliaries") or self.word_is(k, "subordinators"):
            return False
        if self.word_is(k, "prepositions") or self.is_adverb(k):
            return False
        if preposition == "of":
            return True
        word = self.low[k]
        return not word.endswith(("ed", "ing")) and self.low[k] not in self.lex.words["weekdays"]

    def _joins_names(self, k: int, floor: int) -> bool:
        """ "Armenia and Russia", "officials and residents": a conjunction inside a source."""
        if k - 1 < floor or k + 1 >= len(self.low):
            return False
        left, right = self.doc.words[k - 1], self.doc.words[k + 1]
        if left[0].isupper() and right[0].isupper():
            return True
        return self.word_is(k - 1, "plural_sources") and right[0].islower()

    def noun_phrase_after(self, k: int, ceiling: int) -> Phrase | None:
        """The noun phrase that starts at token ``k``: an inverted source, the object of "according to" or "by"."""
        if k > ceiling or self.is_mark(k) or not self.is_word(k):
            return None
        if self.low[k] in self.lex.words["subject_pronouns"]:
            return Phrase(k, k)
        j = k
        while j < ceiling and j - k < REACH:
            if not self._extends_right(j, k, ceiling):
                break
            j += 1
        while j > k and (self.word_is(j, "prepositions") or self.low[j] in (",", "and", "the", "a", "'")):
            j -= 1
        return Phrase(k, j)

    def _extends_right(self, j: int, k: int, ceiling: int) -> bool:
        n = self.low[j + 1]
        if n == ",":
            return self._appositive_closes(j + 1, ceiling)
        if self.is_mark(j + 1) or n in (".", ":", ";", "(", ")", "?", "!") or self.doc.words[j + 1] in DASHES:
            return n == "." and len(self.low[j]) <= 3 and self.doc.words[j][0].isupper()
        if n in ("and", "or"):
            return self._joins_names(j + 1, k)
        if n in self.lex.words["auxiliaries"] and n != "'s":
            return False
        if n in self.lex.words["subordinators"] or n in self.lex.words["subject_pronouns"]:
            return False
        if n in self.lex.words["time"] and not self.doc.words[j + 1][0].isdigit():
            return False
        if n in self.lex.words["prepositions"]:
            return n in ("of", "for", "at", "from", "in", "with", "on") and not (
                j + 2 <= ceiling and (self.low[j + 2] in self.lex.words["time"] or self._names_a_channel(j + 2))
            )
        return n not in self.lex.verbs or n in self.lex.nouns or n in self.lex.base_nouns

    def _names_a_channel(self, k: int) -> bool:
        pair = {self.low[k]} | ({self.low[k + 1]} if k + 1 < len(self.low) else set())
        media = ("x", "twitter", "telegram", "facebook", "statement", "interview", "briefing", "bulletin", "post")
        return not pair.isdisjoint(media)

    def _appositive_closes(self, comma: int, ceiling: int) -> bool:
        """Whether ", the minister" after a name belongs to it."""
        if comma + 1 > ceiling:
            return False
        if self.low[comma + 1] in ("a", "an", "the", "who", "whose") or self.word_is(comma + 1, "titles"):
            return True
        end = comma + 1
        while end < ceiling and end - comma < 5 and self.doc.words[end][0].isupper():
            end += 1
        return end > comma + 2 and self.low[end] == ","
