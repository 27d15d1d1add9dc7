"""The predicate of a count that is a subject: "12 people in the village, two of them children, have been killed"."""

from __future__ import annotations

from apps.attribution.befalling import Befalling
from apps.attribution.counting import Count
from apps.attribution.vocabulary import ahead

REACH = 22
JOINED_WORDS = 4
OPENERS = frozenset((",", "(", "–", "—", "-", "["))
CLOSERS = frozenset((",", ")", "–", "—", "-", "]"))


class Predicate:
    """From the end of a count towards the predicate of its clause, over what modifies or joins the subject."""

    def __init__(self, befalling: Befalling, count: Count) -> None:
        self.m = befalling
        self.low = befalling.low
        self.count = count
        self.last = min(count.ceiling, count.end + REACH)
        self.in_verb = False
        self.in_phrase = False
        self.joined = False
        self.free = 0
        self.k = count.end + 1

    def measure(self) -> str | None:
        """The measure the predicate names, or None where it names none or another verb comes first."""
        while self.k <= self.last:
            word = self.low[self.k]
            found = self.m.names(self.k, self.count)
            if found is not None:
                loose = self.joined and self.in_phrase and not self.in_verb
                return None if loose or self.m.is_active(self.k, self.count) else found
            if self.in_verb:
                if not self._goes_with_verb(word):
                    return None
                self.k += 1
            elif word in self.m.lex.words["auxiliaries"] and word != "'s":
                self.in_verb = True
                self.k += 1
            elif not self._passes(word):
                return None
        return None

    def _goes_with_verb(self, word: str) -> bool:
        words = self.m.lex.words
        return (
            word in words["auxiliaries"]
            or word in words["negations"]
            or word in self.m.idle
            or word in self.m.classes["reporting"]
            or (len(word) > 4 and word.endswith("ly"))
        )

    def _passes(self, word: str) -> bool:
        """Step over a modifier, a parenthesis or a joined count; False where the clause ends or its verb is another."""
        if word in OPENERS or word in ("and", "or", "plus"):
            return (word in OPENERS and self._parenthesis()) or self._joins()
        if word in self.m.lex.words["subject_pronouns"] and self.k == self.count.end + 1:
            return self._contact_clause()
        if not word[0].isalnum() and word != "'s":
            return False
        if word in self.m.classes["attached"] or word in self.m.classes["pasts"] or word in ("but", "including"):
            return False
        if word in self.m.classes["reporting"]:
            self.k += 1
            return True
        if (word.endswith(("ed", "ing")) or word in self.m.classes["done"]) and word not in self.m.words.people:
            return False
        self.in_phrase = self.in_phrase or word in self.m.lex.words["prepositions"]
        self.k += 1
        self.free -= 1
        return self.in_phrase or self.free >= 0 or word == "'s" or word in self.m.idle

    def _contact_clause(self) -> bool:
        """Over "she had known all her life", to the "are" that goes with the counted."""
        for n in range(self.k + 2, min(self.k + 10, self.last)):
            if self.low[n] in ("are", "were") and self.m.named(n + 1) is not None:
                self.k = n
                return True
        return False

    def _joins(self) -> bool:
        if not self._joined():
            return False
        self.joined, self.free = True, JOINED_WORDS
        return True

    def _joined(self) -> bool:
        """Over ", two civilians" or "and a child" to the words behind it, if a count follows the comma or "and"."""
        k = self.k + 1
        if k <= self.last and self.low[k] in ("and", "or"):
            k += 1
        for n in range(k, min(k + 5, self.last + 1)):
            if self.m.numerals.starts(n) and self.low[n] not in ("a", "an"):
                self.k = self._end_of_joined(n)
                return True
            if n > k and self.low[n] in self.m.words.person:
                self.k = n + 1
                return True
            if not self._introduces(n):
                return False
        return False

    def _introduces(self, n: int) -> bool:
        """Whether a word may stand before a joined count: "at least", "another", "a local"."""
        word = self.low[n]
        words = self.m.lex.words
        if self.m.named(n) is not None or word in words["auxiliaries"] or word.endswith(("ed", "ing")):
            return False
        if word in self.m.classes["attached"] or word in words["subject_pronouns"]:
            return False
        return word[0].isalpha()

    def _end_of_joined(self, k: int) -> int:
        number = self.m.numerals.at(k)
        return (number.last if number is not None else k) + 1

    def _parenthesis(self) -> bool:
        """Over ", including seven civilians," or "(12 of them children)"."""
        marked = False
        for n in range(self.k + 1, min(self.k + 16, self.last + 1)):
            word = self.low[n]
            if word in self.m.words.part or word == "of":
                marked = marked or self._marks_part(n)
            if word in CLOSERS:
                self.k = n + 1
                return marked
            if word in (";", ".", ":", "("):
                return False
        return False

    def _marks_part(self, n: int) -> bool:
        phrases = self.m.words
        return bool(ahead(phrases.part, self.low, n) or ahead(phrases.of_the_whole, self.low, n))
