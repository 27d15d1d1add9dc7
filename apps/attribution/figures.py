"""Figures in a text: who counted how many of whom as killed, wounded, displaced, detained or missing.

Things count where something was done to them ("shot down 12 drones"), with the measure "other"; persons of whom nothing
else is said likewise ("about 300 people gathered"). "No one was killed" counts 0. A person who is counted beside others
by "a" alone ("a woman and her two children were killed") counts 1.
"""

from __future__ import annotations

from dataclasses import replace

from apps.attribution.counting import OTHER, PERSON, THING, Count, Counter
from apps.attribution.cues import Lexicon
from apps.attribution.measures import Measures
from apps.attribution.numerals import Number, Numerals
from apps.attribution.segmentation import Document, Sentence
from apps.attribution.tolls import Found
from apps.attribution.types import Figure, Span
from apps.attribution.vocabulary import ahead, behind
from apps.attribution.wholes import Counted, Wholes

LARGE = 100
LOST = 30


def figures(doc: Document, lex: Lexicon) -> list[Figure]:
    """Every figure with a measure, in order; ``part_of`` is the place in this list.

    A bare number takes the measure of the words around it; one introduced by "including" that of the figure it is part
    of; one joined to another by "and" that of the other.
    """
    reader = _FigureReader(doc, lex)
    for sentence in doc.sentences:
        reader.read(sentence)
    return reader.figures()


class _FigureReader:
    def __init__(self, doc: Document, lex: Lexicon) -> None:
        self.doc = doc
        self.low = doc.low
        self.lex = lex
        self.words = lex.figures
        self.numerals = Numerals(doc, lex.figures)
        self.counter = Counter(doc, lex, self.numerals)
        self.measures = Measures(doc, lex, self.numerals)
        self.wholes = Wholes(doc, lex, self.numerals)
        self.found = self.wholes.found

    def figures(self) -> list[Figure]:
        return [self._figure(counted) for counted in self.found]

    def _figure(self, counted: Counted) -> Figure:
        count = counted.count
        return Figure(
            measure=counted.measure,
            low=count.number.value,
            high=count.number.high,
            comparator=count.comparator,
            of_whom=self.doc.slice(*count.noun) if count.noun is not None else "",
            span=Span(self.doc.starts[count.start], self.doc.ends[count.end]),
            counting=counted.counting,
            part_of=counted.part_of,
        )

    def read(self, sentence: Sentence) -> None:
        k = sentence.first
        while k <= sentence.last:
            word = self.low[k]
            if "0" <= word[0] <= "9" or word in self.words.opening:
                k = self._number(k, sentence)
            elif word in self.words.zero:
                k = self._zero(k, sentence)
            else:
                k += 1

    def _number(self, k: int, sentence: Sentence) -> int:
        """Add the figure of the number at token ``k``, if there is one; the token to go on from."""
        number = self.numerals.at(k)
        if number is None or number.last > sentence.last:
            return self._single(k, sentence) if self.low[k] in ("a", "an") else k + 1
        after = number.last + 1
        if self._is_in_row(after, sentence.last):
            return after
        count = self.counter.read(number, sentence.first, sentence.last)
        if count is None:
            return after
        self._add(count)
        return max(after, count.end + 1)

    def _is_in_row(self, after: int, last: int) -> bool:
        """Whether another number follows at once, or two do behind commas: tables and lists count nobody."""
        if after > last:
            return False
        if self.wholes.starts_number(after):
            return True
        row = after + 3 <= last and self.low[after] == "," and self.low[after + 2] == ","
        return row and self.wholes.starts_number(after + 1) and self.wholes.starts_number(after + 3)

    def _zero(self, k: int, sentence: Sentence) -> int:
        """ "No one was killed", "no casualties", "none of them was hurt"."""
        found = ahead(self.words.zero, self.low, k)
        if found is None or found[1] >= sentence.last:
            return k + 1
        last = found[1]
        if behind(self.words.comparators, self.low, min(last + 2, sentence.last), k) is not None:
            return k + 1  # "no fewer than"
        count = self.counter.read(Number(0, None, k, last), sentence.first, sentence.last)
        if count is None:
            return last + 1
        measure = self.measures.of(count)
        if measure is None and count.noun and self.low[count.noun[1]] in self.words.classes["casualties"]:
            measure = Found("other")
        if measure is None or measure.measure == "":
            return last + 1
        self._keep(count, measure.measure, "unstated", None)
        self._or_else(count, measure.measure)
        return count.end + 1

    def _or_else(self, count: Count, measure: str) -> None:
        """ "No one was killed or wounded" counts both."""
        for k in range(count.end + 1, min(count.end + 8, count.ceiling - 1)):
            named = self.measures.befalling.named(k)
            if named == measure and self.low[k + 1] in ("or", "nor", "and"):
                other = self.measures.befalling.named(k + 2)
                if other is not None and other != measure:
                    self._keep(count, other, "unstated", None)
                return

    def _single(self, k: int, sentence: Sentence) -> int:
        """A person counted by "a" alone, if joined to a count before or behind: "a woman and her two children"."""
        for n in range(k + 1, min(k + 4, sentence.last + 1)):
            word = self.low[n]
            if word in self.words.person:
                count = Count(Number(1, None, k, k), sentence.first, sentence.last, k, n)
                count = replace(count, noun=(k + 1, n), sort=PERSON)
                if self.wholes.is_joined(count) or self.wholes.joins_next(count):
                    self._add(count)
                return n + 1
            if not word[0].isalpha() or word in self.lex.words["prepositions"]:
                break
        return k + 1

    def _add(self, count: Count) -> None:
        """Keep a count if it has a measure: its own, its whole's, or that of the count it is joined to."""
        whole = self.wholes.whole_of(count)
        found = self.measures.of(count, part=whole is not None)
        joined = whole is None and found is None and self.wholes.is_joined(count)
        if whole is not None and not self._is_undone(count):
            self._keep_part(count, found, whole)
            return
        if joined:
            before = self.found[-1]
            if before.part_of is not None or self.wholes.fits(count, before):
                self._keep(count, before.measure, self.wholes.counting(count, before.counting), before.part_of)
                return
        if found is not None and found.measure == "":
            found = self._total(found, count)
        if found is not None:
            count = self._risen(count, found)
            if count.noun is None and found.noun is not None:
                count = replace(count, noun=(found.noun, found.noun))
            count = self.wholes.called(count) if count.partial else count
            counting = "cumulative" if found.cumulative and not count.new else "unstated"
            self._keep(count, found.measure, self.wholes.counting(count, counting), None)
        elif self._is_worth_counting(count):
            self._keep(count, "other", self.wholes.counting(count, "unstated"), None)

    def _keep(self, count: Count, measure: str, counting: str, part_of: int | None) -> None:
        self.found.append(Counted(count, measure, counting, part_of))

    def _keep_part(self, count: Count, found: Found | None, whole: int) -> None:
        parent = self.found[whole]
        measure = found.measure if found is not None and found.measure else parent.measure
        count = self.wholes.called(count)
        self._keep(count, measure, self.wholes.counting(count, parent.counting), whole)

    def _total(self, found: Found, count: Count) -> Found | None:
        """A total takes the measure of what was counted before it in the sentence."""
        if not self.found:
            return None
        before = self.found[-1]
        if found.cumulative:
            return Found(before.measure, cumulative=True) if self.wholes.same_sentence(before, count) else None
        # "lost no more than three": of what was counted shortly before; of soldiers the lost are the dead
        near = [each for each in self.found[-3:] if count.number.first - each.count.end < LOST]
        things = any(each.count.sort == THING for each in near)
        return Found("other" if things else "killed") if near else None

    def _risen(self, count: Count, found: Found) -> Count:
        """Of "from 20 to 27" the number that counts now."""
        if not found.cumulative or count.number.high is None or self.low[count.start] != "from":
            return count
        number = Number(count.number.high, None, count.number.last, count.number.last)
        return replace(count, number=number, start=number.first, comparator="exactly")

    def _is_undone(self, count: Count) -> bool:
        """ "Two of the missing were found alive": no part of what they were counted as."""
        undone = self.words.classes["undone"]
        for k in range(count.end + 1, min(count.ceiling, count.end + 10) + 1):
            if self.low[k] in undone:
                return True
            if self.low[k] in (",", ";", "and", "but"):
                return False
        return False

    def _is_worth_counting(self, count: Count) -> bool:
        """Persons and things of whom nothing is said that has a measure: "31,000 subscribers without light"."""
        if count.sort in (PERSON, THING) or (count.partial and self._is_undone(count)):
            return count.sort == THING or self._is_stated(count) or count.partial
        if count.sort != OTHER or count.noun is None or not self.measures.looks_personal(count):
            return False
        return self.low[count.number.first][0].isdigit() and count.number.value >= LARGE

    def _is_stated(self, count: Count) -> bool:
        return count.comparator != "exactly" or self.low[count.number.first][0].isdigit()
