"""What there is to know of a noun phrase that a later short mention may repeat: its sort, gender and nouns."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from enum import StrEnum

from apps.attribution.naming import Token, is_capital
from apps.attribution.nations import nations
from apps.attribution.offices import offices
from apps.attribution.phrases import Phrase, Reader
from apps.attribution.segmentation import Document

NEAR_BEHIND = 8
SHORTEST_DATELINE = 4
STOPS = frozenset((",", "(", "–", "—", "--", "-", ":", ";"))
OWNED = frozenset(("'s", "’s", "'"))
RELATIVES = frozenset(("who", "which", "whose", "whom", "that", "where"))


class Sort(StrEnum):
    """What a phrase is about."""

    PERSON = "person"
    BODY = "body"
    PEOPLE = "people"
    NAME = "name"
    """One capital word of which nothing tells whether it is a person, a place or a body."""
    PLACE = "place"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A phrase that may be repeated; ``core`` is its last token before an appositive or a relative clause.

    ``heads`` are the nouns it may be called by alone ("the ministry", "the colonel"), ``gender`` is man, woman or
    empty, ``quote`` the number of the quotation it stands in or -1.
    """

    phrase: Phrase
    core: int
    sort: Sort
    gender: str
    heads: frozenset[str]
    subject: bool
    quote: int
    sentence: int


class Describer:
    """Describes the phrases of one document."""

    def __init__(self, doc: Document, reader: Reader) -> None:
        self.doc = doc
        self.reader = reader
        self.words = offices().words
        self._firsts = [sentence.first for sentence in doc.sentences]
        self._small = {low for low, word in zip(doc.low, doc.words, strict=True) if word[0].islower()}

    def sentence_of(self, k: int) -> int:
        """The number of the sentence token ``k`` stands in."""
        return max(0, bisect_right(self._firsts, k) - 1)

    def candidate(self, phrase: Phrase, *, subject: bool) -> Candidate:
        """What there is to know of a phrase."""
        core = self.core_of(phrase)
        sort = self._sort(phrase, core)
        heads = self._heads(phrase, core)
        return Candidate(
            phrase=phrase,
            core=core,
            sort=sort,
            gender=self._gender(phrase, core, heads) if sort in (Sort.PERSON, Sort.NAME) else "",
            heads=heads,
            subject=subject,
            quote=self.doc.quote_of[phrase.first],
            sentence=self.sentence_of(phrase.first),
        )

    def is_noun(self, low: str) -> bool:
        return low in self.words["bodies"] or low in self.words["titles"]

    def core_of(self, phrase: Phrase) -> int:
        """The last token of a phrase before any appositive, bracket or relative clause."""
        for k in range(phrase.first + 1, phrase.last + 1):
            if self.doc.low[k] in STOPS or self.doc.low[k] in RELATIVES:
                return k - 1
        return phrase.last

    def _sort(self, phrase: Phrase, core: int) -> Sort:
        first = phrase.first
        head = self.head(first, core)
        low, words = self.doc.low[head], self.doc.words
        if self._is_people(first, head):
            return Sort.PEOPLE
        apposed = self._apposed(phrase, core)
        if low in self.words["titles"] or (apposed and self.doc.low[apposed] in self.words["titles"]):
            return Sort.PERSON
        if is_capital(words[head]) and self.has(first, head, "titles") and low not in self.words["bodies"]:
            return Sort.PERSON
        if self.has(first, head, "bodies") or (apposed and self.doc.low[apposed] in self.words["bodies"]):
            return Sort.BODY
        if not is_capital(words[head]) or (head == first and self._is_no_name(head)):
            return Sort.OTHER
        return self._sort_of_name(first, head)

    def _is_no_name(self, k: int) -> bool:
        """Whether a word that begins a sentence has its capital from there alone."""
        low = self.doc.low[k]
        opens = k == self._firsts[self.sentence_of(k)]
        return opens and (low in self.words["openers"] or low in self._small or low.endswith("ing"))

    def _sort_of_name(self, first: int, head: int) -> Sort:
        run = head
        while run > first and is_capital(self.doc.words[run - 1]):
            run -= 1
        tokens = [Token(self.doc.low[k], self.doc.words[k], True) for k in range(run, head + 1)]
        state = nations().at(tokens, 0)
        if state and state[1] == len(tokens):
            return Sort.NAME
        if len(tokens) == 1 and self._is_shouted(first):
            return Sort.PLACE
        placed = first > 0 and self.doc.low[first - 1] in self.words["placing"]
        if placed or self.has(run, head, "places"):
            return Sort.PLACE
        if self.reader.word_is(first, "determiners") or len(tokens) == 1:
            return Sort.NAME
        return Sort.PERSON

    def _is_shouted(self, k: int) -> bool:
        """Whether a word in capitals before a dash or a comma is where a report comes from: "VENN – ..."."""
        after = self.doc.words[k + 1] if k + 1 < len(self.doc) else "."
        return len(self.doc.words[k]) >= SHORTEST_DATELINE and self.doc.words[k].isupper() and after in STOPS

    def head(self, first: int, core: int) -> int:
        """The last token of a noun phrase before "of", "in" and the like, but behind whose it is."""
        owners = [k for k in range(first + 1, core) if self.doc.low[k] in OWNED]
        start = owners[-1] + 1 if owners else first
        for k in range(start + 1, core + 1):
            if self.reader.word_is(k, "prepositions") or (k == core and self.doc.low[k] in OWNED):
                return k - 1
        return core

    def _is_people(self, first: int, head: int) -> bool:
        low = self.doc.low[head]
        if any(self.doc.low[k] == "and" and self._joins(k, first, head) for k in range(first + 1, head)):
            return True
        if low in self.words["bodies"] and not self.reader.word_is(head, "plural_sources"):
            return False
        if self.reader.word_is(head, "plural_sources") or low in self.words["collective"]:
            return True
        small = not is_capital(self.doc.words[head]) or head == first
        return small and (low in self.reader.lex.figures.people or low.endswith(tuple(self.words["agents"])))

    def _joins(self, k: int, first: int, head: int) -> bool:
        """Whether "and" joins two: "the mayor and the bishop", but not "Ministry of Education and Science"."""
        after = self.doc.low[k + 1]
        if any(self.doc.low[m] in ("of", "for") for m in range(first, k)) and after not in ("the", "a", "an"):
            return False
        return after in ("the", "a", "an", "his", "her", "its") or is_capital(self.doc.words[k + 1])

    def _apposed(self, phrase: Phrase, core: int) -> int:
        """The head of an appositive: "Open Hands, a relief agency"; 0 where there is none."""
        k = core + 2
        if k > phrase.last or self.doc.low[core + 1] not in (",", "–", "—", "(") or self.doc.low[k] in RELATIVES:
            return 0
        end = next((m - 1 for m in range(k, phrase.last + 1) if self.doc.low[m] in STOPS), phrase.last)
        return self.head(k, end)

    def _heads(self, phrase: Phrase, core: int) -> frozenset[str]:
        head = self.head(phrase.first, core)
        found = {self.doc.low[head]}
        found |= {
            self.doc.low[k]
            for k in range(phrase.first, head)
            if self.is_noun(self.doc.low[k]) and self._titles_a_name(k)
        }
        if apposed := self._apposed(phrase, core):
            found.add(self.doc.low[apposed])
        return frozenset(found)

    def _titles_a_name(self, k: int) -> bool:
        return k + 1 < len(self.doc) and is_capital(self.doc.words[k + 1])

    def has(self, first: int, last: int, group: str) -> bool:
        return any(self.doc.low[k] in self.words[group] for k in range(first, last + 1))

    def _gender(self, phrase: Phrase, core: int, heads: frozenset[str]) -> str:
        """What its nouns say, what a title before the name says, and a pronoun in a clause of its own."""
        low = self.doc.low
        said = set(heads) | {low[k] for k in range(phrase.first, core) if self._titles_a_name(k)}
        own = set(low[core + 1 : phrase.last + 1])
        for gender, nouns, pronouns in (("man", "men", "his"), ("woman", "women", "hers")):
            if said & self.words[nouns]:
                return gender
            if own & self.words[pronouns]:
                return gender
        return ""

    def gender_behind(self, found: Candidate, last: int) -> str:
        """Of a subject, what the first pronoun after it says: "Ada Roe lost her brother"; nobody comes between."""
        for k in range(found.phrase.last + 1, min(last, found.phrase.last + NEAR_BEHIND) + 1):
            if self.doc.low[k] in self.words["his"]:
                return "man"
            if self.doc.low[k] in self.words["hers"]:
                return "woman"
            if is_capital(self.doc.words[k]) or self.is_noun(self.doc.low[k]) or self.reader.is_mark(k):
                return ""
        return ""
