"""What befell those who are counted: the measure that the words around a count name.

In the order of how sure they are: a word within the phrase ("12 dead", "19 deaths"), a verb right before it ("killed
12"), a participle or relative clause right behind it ("12 people killed", "12 who died"), the predicate of the clause
("12 people in the village were killed"), a toll that leads to it ("the death toll rose to 12").
"""

from __future__ import annotations

from dataclasses import dataclass

from apps.attribution.counting import NOTHING, OTHER, PERSON, THING, Count
from apps.attribution.cues import Lexicon
from apps.attribution.numerals import Numerals
from apps.attribution.segmentation import Document
from apps.attribution.vocabulary import ahead, behind

REACH = 22
BACK = 10
JOINED_WORDS = 4
OPENERS = frozenset((",", "(", "–", "—", "-", "["))
CLOSERS = frozenset((",", ")", "–", "—", "-", "]"))
# Endings of nouns for people that no list holds.
PERSONAL = ("ers", "ors", "men", "women", "ists", "ians", "ants", "ents", "ees", "eers", "folk", "ees")


@dataclass(frozen=True, slots=True)
class Found:
    """A measure, empty for a total of what was counted before, and whether it is a toll that has grown.

    ``noun`` is the token of the counted where it stands elsewhere: "the number of dead rose to 57".
    """

    measure: str
    cumulative: bool = False
    noun: int | None = None


class Measures:
    """Reads the measures of one document. Every walk is bounded by ``REACH``."""

    def __init__(self, doc: Document, lex: Lexicon, numerals: Numerals) -> None:
        self.doc = doc
        self.low = doc.low
        self.lex = lex
        self.words = lex.figures
        self.classes = lex.figures.classes
        self.numerals = numerals
        self.count = len(doc)
        self.idle = lex.words["adverbs"] | lex.words["time"] | {"so", "far", "on", "up", "also", "all"}

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
        toll = self._of_event(count) or self._toll(count)
        if toll is not None:
            return toll if count.sort in (PERSON, NOTHING, OTHER) else None
        return self._mild(count)

    def named(self, k: int) -> str | None:
        """The measure a word names: "killed", "injuring"."""
        return self.words.measures.get(self.low[k]) if 0 <= k < self.count else None

    def _fitting(self, measure: str, count: Count) -> Found | None:
        """The measure as it fits the sort of what is counted: of things it is always "other"."""
        if count.sort == THING:
            return Found("other")
        if measure == "done":
            return None
        if count.sort == OTHER and measure not in ("killed", "wounded") and not self._looks_personal(count):
            return None
        return Found(measure)

    def _looks_personal(self, count: Count) -> bool:
        assert count.noun is not None
        last = count.noun[1]
        return self.low[last].endswith(PERSONAL) or self.doc.words[last][0].isupper()

    def _within(self, count: Count) -> str | None:
        """ "12 wounded soldiers", "19 deaths", "35 wounded", "12 of the dead"."""
        for k in range(count.number.last + 1, count.end + 1):
            if (found := self.named(k)) is not None:
                return found
        after = count.end + 1
        if count.sort == NOTHING and after <= count.ceiling and (found := self.named(after)) is not None:
            return None if self._is_active(after, count) else found
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
            return self.named(k - 1)
        if count.sort == THING and (word in self.classes["done"] or self.low[k + 1] in self.classes["done"]):
            return "done"
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
        found = self._names(k, count)
        return None if found is None or self._is_active(k, count) else found

    def _names(self, k: int, count: Count) -> str | None:
        phrase = ahead(self.words.befalling, self.low, k)
        if phrase is not None:
            return phrase[0]
        if (found := self.named(k)) is not None:
            return found
        return "done" if count.sort == THING and self.low[k] in self.classes["done"] else None

    def _is_active(self, k: int, count: Count) -> bool:
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

    def _hangs_on(self, count: Count) -> bool:
        """Whether a preposition governs the count, so that the clause's predicate is another's."""
        if count.start <= count.floor:
            return False
        before = self.low[count.start - 1]
        return before in self.lex.words["prepositions"] and before not in ("with", "after", "before", "since", "than")

    def _predicate(self, count: Count) -> str | None:
        """The verb of the clause whose subject the count is: "12 people in the village have been killed"."""
        walk = _Walk(self, count)
        return walk.go()

    def _of_event(self, count: Count) -> Found | None:
        """ "the deaths of 12 people", "a death toll of 12"."""
        k = count.start - 1
        if k <= count.floor or self.low[k] != "of":
            return None
        word = self.low[k - 1]
        if word == "toll":
            return Found(self.named(k - 2) or "killed")
        found = self.words.events.get(word)
        return Found(found) if found is not None and (count.sort != OTHER or self._looks_personal(count)) else None

    def _toll(self, count: Count) -> Found | None:
        """A toll that leads to the number: "brings the number of dead to 57", "the toll stood at 57"."""
        return self._toll_before(count) or self._toll_far_before(count) or self._toll_behind(count)

    def _toll_far_before(self, count: Count) -> Found | None:
        """ "Bringing the number of dead since the offensive began to 57"."""
        k = count.start - 1
        if k <= count.floor or self.low[k] not in ("to", "at"):
            return None
        for n in range(k - 1, max(count.floor, k - REACH), -1):
            word = self.low[n]
            if word in (",", ";", ":") or self.numerals.starts(n):
                return None
            if word in self.classes["tolls"]:
                verbs = {*self.low[max(count.floor, n - 3) : n], self.low[k - 1]}
                rising = bool(verbs & self.classes["rising"])
                return self._kind_of_toll(n, count, rising) if rising or verbs & {"put", "puts", "putting"} else None
        return None

    def _toll_behind(self, count: Count) -> Found | None:
        """ "Raised to 47 the number of people killed"."""
        k = count.end + 1
        if count.sort != NOTHING or count.start <= count.floor or self.low[count.start - 1] not in ("to", "at"):
            return None
        k += k <= count.ceiling and self.low[k] == "the"
        k += k <= count.ceiling and self.low[k] == "death"
        if k > count.ceiling or self.low[k] not in self.classes["tolls"]:
            return None
        rising = any(
            self.low[n] in self.classes["rising"] for n in range(max(count.floor, count.start - 4), count.start)
        )
        return self._kind_of_toll(k, count, rising)

    def _toll_before(self, count: Count) -> Found | None:
        k = count.start - 1
        linked = rising = False
        for _ in range(BACK):
            if k < count.floor:
                return None
            word = self.low[k]
            if word in self.classes["tolls"]:
                return self._kind_of_toll(k, count, rising) if linked else None
            if linked and (found := self.named(k)) is not None and not self._is_of_toll(k, count):
                return Found(found, rising) if word.endswith(("s", "ed", "dead")) and rising else None
            if word in self.classes["standing"] or word in self.classes["rising"]:
                linked = True
                rising = rising or word in self.classes["rising"]
            elif not (word in self.idle or word in self.classes["own"] or self.named(k) or word in self.words.people):
                return None
            k -= 1
        return None

    def _is_of_toll(self, k: int, count: Count) -> bool:
        return any(self.low[n] in self.classes["tolls"] for n in range(max(count.floor, k - 4), k))

    def _kind_of_toll(self, k: int, count: Count, rising: bool) -> Found:
        """The toll ``k`` with what it counts behind it ("number of people killed") or before it ("death toll")."""
        first = max(count.floor, k - 2)
        rising = rising or any(self.low[n] in self.classes["rising"] for n in range(max(count.floor, k - 4), k))
        last = count.start if k < count.start else min(count.ceiling, k + 6) + 1
        for n in (*range(k + 1, last), *range(k - 1, first - 1, -1)):
            if (found := self.named(n)) is not None:
                return Found(found, rising, self._of_whom(k, n))
        return Found("killed" if self.low[k] == "toll" else "", rising)

    def _of_whom(self, toll: int, named: int) -> int | None:
        """The noun of "number of people killed" or "number of dead", if there is one."""
        people = next((n for n in range(toll + 1, named + 1) if self.low[n] in self.words.people), None)
        nominal = named > toll and self.low[named] in self.classes["nominal"]
        return people if people is not None else named if nominal else None

    def _mild(self, count: Count) -> Found | None:
        """Prisoners and refugees are what they are called, where nobody frees them or does anything else to them."""
        if count.noun is None:
            return None
        found = self.words.milder.get(self.low[count.noun[1]])
        if found is None:
            return None
        around = range(max(count.floor, count.start - 3), min(count.ceiling, count.end + 4) + 1)
        return Found("other" if any(self.low[k] in self.classes["freed"] for k in around) else found)


class _Walk:
    """From the end of a count towards the predicate of its clause, over what modifies or joins the subject."""

    def __init__(self, measures: Measures, count: Count) -> None:
        self.m = measures
        self.low = measures.low
        self.count = count
        self.last = min(count.ceiling, count.end + REACH)
        self.in_verb = False
        self.in_phrase = False
        self.joined = False
        self.free = 0
        self.k = count.end + 1

    def go(self) -> str | None:
        while self.k <= self.last:
            word = self.low[self.k]
            found = self.m._names(self.k, self.count)
            if found is not None:
                loose = self.joined and self.in_phrase and not self.in_verb
                return None if loose or self.m._is_active(self.k, self.count) else found
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
