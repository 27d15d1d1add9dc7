"""How the figures of a text hang together: parts and wholes, counts joined by "and", the new and the cumulative."""

from __future__ import annotations

from dataclasses import dataclass, replace

from apps.attribution.counting import NOTHING, PERSON, Count
from apps.attribution.cues import Lexicon
from apps.attribution.numerals import Numerals
from apps.attribution.segmentation import Document
from apps.attribution.vocabulary import ahead, behind

JOINS = frozenset((",", "and", "or", "plus", "as", "well", "also", "&"))
LOOK_BACK = 4
CLAUSE = 24


@dataclass(frozen=True, slots=True)
class Counted:
    """A count with its measure, and, if it is a part, the place of the whole."""

    count: Count
    measure: str
    counting: str
    part_of: int | None


class Wholes:
    """Knows the figures found so far in one document, and how a count hangs together with them."""

    def __init__(self, doc: Document, lex: Lexicon, numerals: Numerals) -> None:
        self.low = doc.low
        self.lex = lex
        self.words = lex.figures
        self.numerals = numerals
        self.found: list[Counted] = []

    def called(self, count: Count) -> Count:
        """With the noun of "12 were children", where no noun stands beside the number."""
        k = count.end + 1
        if count.noun is not None or k >= count.ceiling or self.low[k] not in self.lex.words["be"]:
            return count
        first = k + 2 if self.low[k + 1] in ("a", "an") else k + 1
        for n in range(first, min(first + 4, count.ceiling + 1)):
            if self._names_counted(n, count):
                return replace(count, noun=(first, n), end=n, sort=PERSON)
            if not self.low[n][0].isalpha() or self.low[n] in self.lex.words["prepositions"]:
                break
        return count

    def _names_counted(self, n: int, count: Count) -> bool:
        """Whether a word after "12 were" or "12 of the dead were" says what they were."""
        word = self.low[n]
        if word in self.words.people or (count.number.value == 1 and word in self.words.person):
            return True
        return count.partial and word.endswith(("s", "men")) and len(word) > 4 and word not in self.words.measures

    def whole_of(self, count: Count) -> int | None:
        """The place of the figure that a count is part of: "27 people, including seven civilians"."""
        if not self.found:
            return None
        before = self.found[-1]
        if not self._is_part(count):
            called = self.called(count)
            if called is count or not self.same_sentence(before, count):
                return None
        elif before.part_of is not None and self.same_sentence(before, count):
            return before.part_of
        for n in range(len(self.found) - 1, max(-1, len(self.found) - 1 - LOOK_BACK), -1):
            other = self.found[n]
            near = self.same_sentence(other, count) or count.partial
            if near and other.part_of is None and self._exceeds(other.count, count):
                return n
        return None

    def _exceeds(self, whole: Count, part: Count) -> bool:
        return whole.sort != "thing" and (whole.number.high or whole.number.value) >= part.number.value

    def same_sentence(self, before: Counted, count: Count) -> bool:
        return before.count.floor == count.floor

    def _is_part(self, count: Count) -> bool:
        """Whether "including" leads to the count, or "of them" follows it."""
        if count.partial:
            return True
        k = count.start - 1
        for _ in range(3):
            if k <= count.floor:
                return False
            if behind(self.words.part_behind, self.low, k, count.floor) is not None:
                return True
            if self.low[k] not in self.words.classes["own"] and self.low[k] not in self.lex.words["be"]:
                return False
            k -= 1
        return False

    def is_joined(self, count: Count) -> bool:
        """Whether nothing but a comma, "and" and a determiner stands between the figure before and this one."""
        if not self.found or not self.same_sentence(self.found[-1], count):
            return False
        k = count.start - 1
        joined = False
        while k > self.found[-1].count.end:
            word = self.low[k]
            if count.start - k > 5 or not (word in JOINS or word in self.words.classes["own"]):
                return False
            joined = joined or word in JOINS
            k -= 1
        return joined

    def fits(self, count: Count, before: Counted) -> bool:
        """Whether a count joined to another is of a sort that shares its measure."""
        if count.sort == NOTHING:
            return before.count.sort == NOTHING and not self._counts_on(count)
        return (count.sort == "thing") == (before.count.sort == "thing") and count.sort != "other"

    def _counts_on(self, count: Count) -> bool:
        return count.end < count.ceiling and self.low[count.end + 1][0].isalpha()

    def joins_next(self, count: Count) -> bool:
        """Whether "and" and a count follow: "and her two children"."""
        k = count.end + 1
        if k >= count.ceiling or self.low[k] not in ("and", ","):
            return False
        return any(self.starts_number(n) for n in range(k + 1, min(k + 4, count.ceiling + 1)))

    def starts_number(self, k: int) -> bool:
        return self.numerals.starts(k) and self.low[k] not in self.words.classes["spoken"]

    def counting(self, count: Count, otherwise: str) -> str:
        """New or cumulative, by the words of the clause on either side; a comma or another number ends it."""
        if count.new and not self._adds_here(count):
            return "new"
        if (
            count.comparator == "exactly"
            and count.start < count.number.first
            and self.low[count.number.first - 1] == "of"
        ):
            return "cumulative"
        for k in range(count.start - 1, max(count.floor, count.start - CLAUSE) - 1, -1):
            if self.low[k] in (",", ";", ":", "–", "—"):
                break
            if ahead(self.words.cumulative, self.low, k) is not None:
                return "cumulative"
        for k in range(count.end + 1, min(count.ceiling, count.end + CLAUSE) + 1):
            if self.low[k] in (";", ":", "and", "but") or self.starts_number(k):
                break
            if ahead(self.words.cumulative, self.low, k) is not None or self._since(k, count.ceiling):
                return "cumulative"
        return otherwise

    def _adds_here(self, count: Count) -> bool:
        """ "Killing 14 and wounding scores more": more than the 14 beside them, not than were known before."""
        if count.start != count.number.first or not self.found or not self.same_sentence(self.found[-1], count):
            return False
        between = self.low[self.found[-1].count.end + 1 : count.start]
        return len(between) < 8 and "and" in between and any(word in self.words.measures for word in between)

    def _since(self, k: int, ceiling: int) -> bool:
        """ "since Monday", "since the start of the war", "since 2020"; not "since it began"."""
        if self.low[k] != "since" or k >= ceiling:
            return False
        after = self.low[k + 1]
        return after in self.lex.words["time"] or after in ("the", "its") or after[0].isdigit()
