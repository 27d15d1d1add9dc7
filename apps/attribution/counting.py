"""What a number counts: its comparator, the noun it stands before, and whether it adds to an earlier count."""

from __future__ import annotations

from dataclasses import dataclass, replace

from apps.attribution.cues import Lexicon
from apps.attribution.numerals import Number, Numerals
from apps.attribution.segmentation import Document
from apps.attribution.vocabulary import ahead, behind

PERSON, THING, OTHER, NOTHING = "person", "thing", "other", "nothing"
NOUN_PHRASE = 6
CURRENCIES = frozenset("$£€")


@dataclass(frozen=True, slots=True)
class Count:
    """A number and what it counts, in tokens of the sentence ``floor..ceiling``.

    ``start..end`` is the whole phrase, ``noun`` the words that name the counted, ``sort`` whether they are persons,
    things, something else or left out; ``new`` for "another 12"; ``partial`` for "12 of them".
    """

    number: Number
    floor: int
    ceiling: int
    start: int
    end: int
    comparator: str = "exactly"
    new: bool = False
    noun: tuple[int, int] | None = None
    sort: str = NOTHING
    partial: bool = False


class Counter:
    """Reads the counts of one document. Every walk is bounded."""

    def __init__(self, doc: Document, lex: Lexicon, numerals: Numerals) -> None:
        self.doc = doc
        self.low = doc.low
        self.words = lex.figures
        self.numerals = numerals
        self.titles = lex.words["titles"]
        self.closed = (
            lex.words["prepositions"]
            | lex.words["auxiliaries"]
            | lex.words["adverbs"]
            | lex.words["subordinators"]
            | lex.words["determiners"]
            | lex.words["time"]
            | lex.words["negations"]
            | self.words.classes["pasts"]
            | self.words.classes["attached"]
        ) - {"more", "other", "some", "second"}

    def read(self, number: Number, floor: int, ceiling: int) -> Count | None:
        """The count of a number, or None where it is a date, a length, an age, a label or the like."""
        if self._is_label(number, floor, ceiling):
            return None
        count = Count(number, floor, ceiling, number.first, number.last)
        count = self._with_noun(self._compared(count))
        none = (self._is_age, self._is_shared_out, self._is_limit, self._is_share, self._is_named_year)
        return None if any(is_none(count) for is_none in none) else count

    def _is_label(self, number: Number, floor: int, ceiling: int) -> bool:
        low, classes = self.low, self.words.classes
        after = low[number.last + 1] if number.last < ceiling else ""
        before = low[number.first - 1] if number.first > floor else ""
        if after in classes["units"] or after in classes["months"] or before in classes["labels"]:
            return True
        if before[:1] in CURRENCIES or before.endswith("%"):
            return True
        if before in classes["months"] and after not in self.words.people:
            return self.doc.words[number.first - 1][0].isupper()
        if self._is_year(number) and before in classes["before_years"]:
            return True
        return self._is_numbered(number, after, floor)

    def _is_year(self, number: Number) -> bool:
        digits = self.low[number.first]
        return number.high is None and len(digits) == 4 and digits.isdigit() and 1900 <= number.value <= 2100

    def _is_numbered(self, number: Number, after: str, floor: int) -> bool:
        """ "School 12", "Unit 42": a capitalised word before digits, and nobody behind them."""
        k = number.first
        if k <= floor or not self.low[k][0].isdigit() or number.high is not None:
            return False
        before = self.doc.words[k - 1]
        if not before[0].isupper() or (k - 1 == floor and self.low[k - 1] in self.closed):
            return False
        follows = after in self.words.people or after in self.words.measures or after in self.words.things
        return not (follows or after in self.closed or self.low[k - 1] in self.words.measures)

    def _is_age(self, count: Count) -> bool:
        """ "Anna Holt, 34, said": digits alone between a name and a comma."""
        k = count.number.first
        if count.end != k or k - 2 < count.floor or k >= count.ceiling or self.low[k - 1] != ",":
            return False
        return self.doc.words[k - 2][0].isupper() and self.low[k + 1] in (",", ".") and count.number.value < 120

    def _is_share(self, count: Count) -> bool:
        """ "Four in ten", "one of the most open": a share, or one that nobody is said to be."""
        k = count.end + 1
        if count.noun is not None or count.partial or k >= count.ceiling:
            return False
        return self.low[k] == "of" or (self.low[k] == "in" and self.numerals.starts(k + 1) and self.low[k + 1] != "a")

    def _is_named_year(self, count: Count) -> bool:
        """ "The 2016 elections": a year before what is no person."""
        return count.sort in (OTHER, THING) and count.start == count.number.first and self._is_year(count.number)

    def _is_limit(self, count: Count) -> bool:
        """ "All of them over seventy", "a third of them under ten": an age and no count."""
        if count.sort != NOTHING or count.start == count.number.first or count.start <= count.floor:
            return False
        return self.low[count.start] in ("over", "under") and self.low[count.start - 1] in (
            "them",
            "whom",
            "those",
            "all",
        )

    def _is_shared_out(self, count: Count) -> bool:
        """ "A third of the 120 residents": the share is meant, and it has no number."""
        k = count.start - 1
        k -= k > count.floor and self.low[k] in self.words.classes["own"]
        return k > count.floor and self.low[k] == "of" and self.low[k - 1] in self.words.classes["shares"]

    def _compared(self, count: Count) -> Count:
        """With the comparators and the "another" before the number, and the "or more" behind it."""
        start, comparator, new = count.start, "", False
        for _ in range(3):
            if start <= count.floor:
                break
            k = start - 1
            if (found := behind(self.words.comparators, self.low, k, count.floor)) is not None:
                comparator, start = comparator or found[0], found[1]
            elif (added := behind(self.words.new_before, self.low, k, count.floor)) is not None:
                new, start = True, added[1]
            else:
                break
        end = count.end
        if end < count.ceiling and (found := ahead(self.words.afterwards, self.low, end + 1)) is not None:
            comparator, end = found
        if not comparator:
            comparator = "at_least" if count.number.vague else "exactly"
        if count.number.high is not None:
            comparator = "range"
            start -= start > count.floor and self.low[start - 1] in ("between", "from")
        return replace(count, start=start, end=end, comparator=comparator, new=new)

    def _with_noun(self, count: Count) -> Count:
        k = count.end + 1
        if k > count.ceiling:
            return count
        if self.low[k] in self.words.classes["new_after"] and self.low[k + 1 : k + 2] != ["than"]:
            count = replace(count, new=True, end=k)
            k += 1
        if k <= count.ceiling and self.low[k] == "of":
            partial = ahead(self.words.of_the_whole, self.low, k)
            if partial is not None and partial[1] <= count.ceiling:
                count = replace(count, partial=True, end=partial[1])
                k = partial[1] + 1
            elif k < count.ceiling and self._owns(k + 1):
                k += 2
            elif count.number.vague or (k < count.ceiling and self.doc.words[k + 1][0].isupper()):
                k += 1
            else:
                return count
        return self._named(count, k)

    def _owns(self, k: int) -> bool:
        return self.low[k] in self.words.classes["own"]

    def _named(self, count: Count, first: int) -> Count:
        """The noun phrase at token ``first``: up to its last word for a person or a thing, or else its last word."""
        if (
            first <= count.ceiling
            and self.low[first] in self.words.classes["nominal"]
            and not self._qualifies(first, count)
        ):
            return replace(count, noun=(first, first), end=first)
        known: int | None = None
        plural: int | None = None
        sort = OTHER
        last = first - 1
        for k in range(first, min(first + NOUN_PHRASE, count.ceiling + 1)):
            word = self.low[k]
            if not self._may_name(k, word) or (known is not None and self._sort(k, count) == OTHER):
                break
            if word in self.words.measures and not self._qualifies(k, count):
                break
            if plural is not None and not self._is_plural(k):
                break
            last = k
            plural = k if self._is_plural(k) else plural
            if (found := self._sort(k, count)) != OTHER:
                known, sort = k, found
        if known is not None:
            return replace(count, noun=(first, known), end=known, sort=sort)
        if last >= first and self._looks_counted(last, count):
            return replace(count, noun=(first, last), end=last, sort=OTHER)
        return count

    def _is_plural(self, k: int) -> bool:
        word = self.low[k]
        plain = word.endswith("s") and not word.endswith(("ss", "us", "'s")) and len(word) > 3
        plain = self.doc.words[k][0].islower() and (plain or word.endswith(("men", "people")))
        return plain or word in self.words.people

    def _may_name(self, k: int, word: str) -> bool:
        if word == "'s":
            return True
        return word[0].isalpha() and word not in self.closed and not self.numerals.starts(k)

    def _sort(self, k: int, count: Count) -> str:
        word = self.low[k]
        one = count.number.value <= 1 and (word in self.words.person or self._is_title(k))
        if word in self.words.people or one:
            return PERSON
        return THING if word in self.words.things else OTHER

    def _is_title(self, k: int) -> bool:
        """A title that ends its phrase: "one lieutenant", not "one of the major roads"."""
        if self.low[k] not in self.titles:
            return False
        return k + 1 >= len(self.low) or not self._may_name(k + 1, self.low[k + 1])

    def _qualifies(self, k: int, count: Count) -> bool:
        """Whether a word such as "wounded" stands before the noun, as in "12 wounded soldiers"."""
        return k < count.ceiling and self._sort(k + 1, count) != OTHER

    def _looks_counted(self, last: int, count: Count) -> bool:
        word = self.low[last]
        if count.number.value <= 1 and count.number.high is None:
            return True
        return word.endswith(("s", "men", "women", "people")) or self.doc.words[last][0].isupper()
