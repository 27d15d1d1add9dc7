"""What befell those who are counted: the measure that the words around a count name.

In the order of how sure they are: a word within the phrase ("12 dead", "19 deaths"), a verb right before it ("killed
12"), a participle or relative clause right behind it ("12 people killed", "12 who died"), the predicate of the clause
("12 people in the village were killed"), a toll that leads to it ("the death toll rose to 12").
"""

from __future__ import annotations

from apps.attribution.befalling import DONE, Befalling
from apps.attribution.counting import NOTHING, OTHER, PERSON, THING, Count
from apps.attribution.cues import Lexicon
from apps.attribution.numerals import Numerals
from apps.attribution.predicates import Predicate
from apps.attribution.segmentation import Document
from apps.attribution.tolls import Found, Tolls

# Endings of nouns for people that no list holds.
PERSONAL = ("ers", "ors", "men", "women", "ists", "ians", "ants", "ents", "ees", "eers", "folk", "ees")

LIVES = frozenset(("lives", "life"))


class Measures:
    """Reads the measures of one document. Every walk is bounded by ``REACH``."""

    def __init__(self, doc: Document, lex: Lexicon, numerals: Numerals) -> None:
        self.doc = doc
        self.low = doc.low
        self.lex = lex
        self.words = lex.figures
        self.classes = lex.figures.classes
        self.befalling = Befalling(doc, lex, numerals)
        self.tolls = Tolls(self.befalling)
        self.idle = self.befalling.idle

    def of(self, count: Count, *, part: bool = False) -> Found | None:
        """The measure of a count by its own words; None where only a count beside it can tell.

        A ``part`` of another count has no predicate of its own: "27 people, including two children, were killed".
        """
        found = self._within(count) or self._object(count) or self._participle(count)
        if found is None and not part and not self._hangs_on(count):
            found = self._predicate(count)
        if found == "lost":
            return Found("")
        if found is not None:
            return self._fitting(found, count)
        toll = self._of_event(count) or self.tolls.of(count)
        if toll is not None:
            return toll if count.sort in (PERSON, NOTHING, OTHER) else None
        return self._mild(count)

    def _fitting(self, measure: str, count: Count) -> Found | None:
        """The measure as it fits the sort of what is counted: of things it is always "other"."""
        if count.sort == THING:
            return Found("other")
        if measure == DONE:
            return None
        if count.sort == OTHER and measure not in ("killed", "wounded") and not self.looks_personal(count):
            return None
        return Found(measure)

    def looks_personal(self, count: Count) -> bool:
        assert count.noun is not None
        last = count.noun[1]
        return self.low[last].endswith(PERSONAL) or self.doc.words[last][0].isupper()

    def _within(self, count: Count) -> str | None:
        """ "12 wounded soldiers", "19 deaths", "35 wounded", "12 of the dead"."""
        for k in range(count.number.last + 1, count.end + 1):
            if (found := self.befalling.named(k)) is not None:
                return found
        after = count.end + 1
        if count.sort == NOTHING and after <= count.ceiling and (found := self.befalling.named(after)) is not None:
            return None if self.befalling.is_active(after, count) else found
        return None

    def _object(self, count: Count) -> str | None:
        """The verb whose object the count is: "killed at least 12", "lost 40 soldiers", "shot down two drones"."""
        k = count.start - 1
        for _ in range(4):
            if k <= count.floor or self.low[k] not in self.idle:
                break
            k -= 1
        if k < count.floor:
            return None
        word = self.low[k]
        if word in (":", "include", "included") and k > count.floor:
            return self.befalling.named(k - 1)
        if count.sort == THING and (word in self.classes["done"] or self.low[k + 1] in self.classes["done"]):
            return DONE
        if word in self.classes["losing"] and count.sort in (PERSON, NOTHING):
            return "lost" if count.sort == NOTHING else "killed"
        return self.words.measures.get(word) if word in self.classes["taking_objects"] else None

    def _participle(self, count: Count) -> str | None:
        """ "12 people killed", "12 who had died", "12 tanks destroyed"; not "12 people killed three"."""
        k = count.end + 1
        if k > count.ceiling:
            return None
        if self.low[k] == "," and k < count.ceiling:
            k += self.low[k + 1] in ("who", "which")
        if self.low[k] in ("who", "that", "which"):
            k += 1
            while k <= count.ceiling and (self.low[k] in self.lex.words["auxiliaries"] or self.low[k] in self.idle):
                k += 1
        if k > count.ceiling:
            return None
        found = self.befalling.names(k, count)
        return None if found is None or self.befalling.is_active(k, count) else found

    def _hangs_on(self, count: Count) -> bool:
        """Whether a preposition governs the count, so that the clause's predicate is another's."""
        if count.start <= count.floor:
            return False
        before = self.low[count.start - 1]
        return before in self.lex.words["prepositions"] and before not in ("with", "after", "before", "since", "than")

    def _predicate(self, count: Count) -> str | None:
        """The verb of the clause whose subject the count is: "12 people in the village have been killed"."""
        return Predicate(self.befalling, count).measure()

    def _of_event(self, count: Count) -> Found | None:
        """ "the deaths of 12 people", "a death toll of 12"."""
        k = count.start - 1
        if k <= count.floor or self.low[k] != "of":
            return None
        word = self.low[k - 1]
        if word == "toll":
            return Found(self.befalling.named(k - 2) or "killed")
        if word in LIVES and not self._is_taken(k - 1, count):
            return None
        found = self.words.events.get(word)
        return Found(found) if found is not None and (count.sort != OTHER or self.looks_personal(count)) else None

    def _is_taken(self, lives: int, count: Count) -> bool:
        """ "Claimed the lives of", not "put the lives of ... at risk"."""
        return any(self.low[k] in self.classes["claiming"] for k in range(max(count.floor, lives - 3), lives))

    def _mild(self, count: Count) -> Found | None:
        """Prisoners and refugees are what they are called, where nobody frees them or does anything else to them."""
        if count.noun is None:
            return None
        found = self.words.milder.get(self.low[count.noun[1]])
        if found is None or (self.low[count.noun[1]] in LIVES and not self._is_taken(count.start, count)):
            return None
        around = range(max(count.floor, count.start - 3), min(count.ceiling, count.end + 4) + 1)
        return Found("other" if any(self.low[k] in self.classes["freed"] for k in around) else found)
