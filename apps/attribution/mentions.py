"""Whom and what a text has named so far: the noun phrases that a later short mention may repeat, sentence by sentence.

Found by typography and word classes, also in sentences that report nothing: the phrase a sentence begins with, runs of
capitals, and nouns for people and bodies. Every sentence is read once and every walk is bounded.
"""

from __future__ import annotations

from dataclasses import replace

from apps.attribution.candidates import OWNED, RELATIVES, STOPS, Candidate, Describer, Sort
from apps.attribution.cues import GERUND, PAST, PRESENT
from apps.attribution.naming import ARTICLES, is_capital
from apps.attribution.offices import offices
from apps.attribution.phrases import Phrase, Reader
from apps.attribution.segmentation import Document

LONGEST_SUBJECT = 14
LONGEST_COMPLEMENT = 5
LONGEST_APPOSITIVE = 12
MOST_CANDIDATES = 24
"""Phrases of one sentence that are remembered."""
MOST_WITHIN = 3


class Mentions:
    """Answers which candidates a sentence of a document has."""

    def __init__(self, doc: Document, reader: Reader) -> None:
        self.doc = doc
        self.reader = reader
        self.words = offices().words
        self.known = Describer(doc, reader)
        self._found: dict[int, tuple[Candidate, ...]] = {}

    def in_sentence(self, n: int) -> tuple[Candidate, ...]:
        """The candidates of sentence ``n`` in order of where they end."""
        if n not in self._found:
            self._found[n] = self._read(n)
        return self._found[n]

    def _read(self, n: int) -> tuple[Candidate, ...]:
        sentence = self.doc.sentences[n]
        found: dict[Phrase, Candidate] = {}
        floor = sentence.first
        opening = self._opening(sentence.first, sentence.last)
        if opening is not None:
            subject = self.known.candidate(opening, subject=True)
            if subject.sort is Sort.PERSON and not subject.gender:
                subject = replace(subject, gender=self.known.gender_behind(subject, sentence.last))
            found[opening] = subject
            found |= {inner: self.known.candidate(inner, subject=False) for inner in self._within(opening)}
        k = sentence.first - 1
        while k < sentence.last and len(found) < MOST_CANDIDATES:
            k += 1
            if opening is not None and k == opening.first:
                k = floor = opening.last + 1
                continue
            if not self._ends_a_phrase(k, sentence.first, sentence.last):
                continue
            phrase = self._ending_at(k, floor)
            if phrase is None:
                continue
            whole = self._with_all(phrase, sentence.last)
            for each in (whole, *self._within(whole)):
                found.setdefault(each, self.known.candidate(each, subject=False))
            k = max(k, self.known.core_of(whole) if self.doc.low[k + 1 : k + 2] == ["of"] else whole.last)
        return tuple(sorted(found.values(), key=lambda c: (c.phrase.last, -c.phrase.first)))

    def pronoun_of(self, n: int) -> int | None:
        """The pronoun that sentence ``n`` begins with, outside quotations: "he", "she", "it", "they"; not "It is"."""
        sentence = self.doc.sentences[n]
        k = sentence.first
        while k < sentence.last and (self.reader.word_is(k, "leading") or self.reader.is_adverb(k)):
            k += 1
        low = self.doc.low[k]
        if self.doc.quote_of[k] >= 0 or low not in ("he", "she", "it", "they"):
            return None
        return None if low == "it" and k < sentence.last and self.reader.word_is(k + 1, "be") else k

    def _ending_at(self, k: int, floor: int) -> Phrase | None:
        """The noun phrase that ends with token ``k``, without a verb before it: "met Mr Jon Birk"."""
        phrase = self.reader.noun_phrase_before(k, floor)
        if phrase is None or phrase.last != k:
            return self._run_before(k, floor) if is_capital(self.doc.words[k]) else None
        phrase = self._titled(phrase, floor)
        if phrase is None:
            return None
        verbs = [m for m in range(phrase.first, k) if self._is_past(m) and not self._is_participle(m, phrase.first)]
        first = verbs[-1] + 1 if verbs else phrase.first
        going = first < k and self.doc.low[first].endswith("ing") and self.doc.words[first][0].islower()
        return Phrase(first + going, k)

    def _titled(self, phrase: Phrase | None, floor: int) -> Phrase | None:
        """With "Ms" and the like before it."""
        first = phrase.first - 1 if phrase is not None else -1
        if phrase is None or first < floor or not is_capital(self.doc.words[first]):
            return phrase
        return Phrase(first, phrase.last) if self.doc.low[first] in self.words["titles"] else phrase

    def _run_before(self, k: int, floor: int) -> Phrase:
        """The capitals that end with token ``k``, with an article before them."""
        first = k
        while first > floor and k - first < LONGEST_SUBJECT and is_capital(self.doc.words[first - 1]):
            first -= 1
        return Phrase(first - (first > floor and self.doc.low[first - 1] in ARTICLES), k)

    def _is_past(self, k: int) -> bool:
        low = self.doc.low[k]
        return self.doc.words[k][0].islower() and (low.endswith("ed") or low in self.words["pasts"])

    def _is_participle(self, k: int, first: int) -> bool:
        """Whether a past stands between a determiner and its noun: "the armed forces"."""
        return any(self.reader.word_is(m, "determiners") or self._is_past(m) for m in range(max(first, k - 1), k))

    def _within(self, phrase: Phrase) -> list[Phrase]:
        """Phrases within one: owners ("Orland" of "Orland's ministry") and what stands behind a preposition."""
        core = self.known.core_of(phrase)
        out = []
        for k in range(phrase.first, core):
            if self.doc.low[k + 1] in OWNED:
                first = k
                while first > phrase.first and is_capital(self.doc.words[first - 1]):
                    first -= 1
                out += [Phrase(first, k)] if is_capital(self.doc.words[k]) else []
            elif self.doc.low[k] == "and" and k > phrase.first and is_capital(self.doc.words[k - 1]):
                out += [self._run_before(k - 1, phrase.first), self._run_before(core, k + 1)]
            elif self.reader.word_is(k, "prepositions") and k > phrase.first:
                out += (
                    [Phrase(k + 1, core)]
                    if self.doc.words[core][0].isupper() or self.known.is_noun(self.doc.low[core])
                    else []
                )
        return out[:MOST_WITHIN]

    def _with_all(self, phrase: Phrase, last: int) -> Phrase:
        """The phrase with "of ..." and an appositive behind it."""
        end = phrase.last
        common = not is_capital(self.doc.words[end]) or self.known.is_noun(self.doc.low[end])
        if common and end + 2 <= last and self.doc.low[end + 1] == "of":
            inner = self.reader.noun_phrase_after(end + 2, min(last, end + 2 + LONGEST_COMPLEMENT))
            end = self.known.core_of(inner) if inner is not None else end
        return Phrase(phrase.first, self._appositive_after(phrase.first, end, last))

    def _appositive_after(self, first: int, end: int, last: int) -> int:
        """Where an appositive after token ``end`` ends; ``end`` where there is none."""
        if end + 2 > last or self.doc.low[end + 1] != "," or not self._opens_appositive(first, end, end + 2):
            return end
        for k in range(end + 2, min(last, end + 2 + LONGEST_APPOSITIVE) + 1):
            if self.reader.word_is(k, "auxiliaries") and self.doc.low[k] != "'s":
                return end
            if self.doc.low[k] in STOPS or self.doc.low[k] in RELATIVES or self.doc.low[k] == ".":
                return k - 1
        return end

    def _opens_appositive(self, first: int, end: int, k: int) -> bool:
        """A role after a name, or a name after a role: ", a spokesman"; "its operator, the Red Lantern"."""
        named = is_capital(self.doc.words[end])
        if named:
            role = self.reader.word_is(k, "determiners") or self.doc.low[k] in self.words["titles"]
            return role or (is_capital(self.doc.words[k]) and self.doc.low[k + 1] in OWNED)
        if self.doc.low[k] in ARTICLES:
            k += 1
        role = self.known.has(first, end, "titles") or self.doc.low[first] in self.words["possessives"]
        return role and is_capital(self.doc.words[k])

    def _opening(self, first: int, last: int) -> Phrase | None:
        """The phrase a sentence begins with, up to its first verb: most likely the subject."""
        k = first
        while k < last and (self.reader.word_is(k, "leading") or self.reader.is_adverb(k) or self.reader.is_mark(k)):
            k += 1
        if k < last and self.reader.word_is(k, "prepositions"):
            comma = next((m for m in range(k, min(last, k + LONGEST_SUBJECT)) if self.doc.words[m] == ","), last)
            k = comma + 1
        end = k
        while end <= min(last, k + LONGEST_SUBJECT) and not self._ends_opening(end, k):
            end += 1
        if end < last and self.reader.word_is(end, "determiners"):
            end -= 1  # a verb stands before its object: "Ada Roe lost her brother"
        if end <= k or end > last or not self.reader.is_word(k) or self.doc.low[k] in self.words["pronouns"]:
            return None
        phrase = self._joined(self._titled(self.reader.noun_phrase_before(end - 1, k), k), k)
        if phrase is None or phrase.first - k > 1:
            return None
        return Phrase(phrase.first, self._appositive_after(phrase.first, phrase.last, last))

    def _joined(self, phrase: Phrase | None, first: int) -> Phrase | None:
        """With whom "and" joins to it: "the mayor and the bishop"."""
        if phrase is None or phrase.first - 2 < first or self.doc.low[phrase.first - 1] != "and":
            return phrase
        left = self.reader.noun_phrase_before(phrase.first - 2, first)
        return Phrase(left.first, phrase.last) if left is not None else phrase

    def _ends_opening(self, k: int, first: int) -> bool:
        low = self.doc.low[k]
        if low in STOPS or low in RELATIVES or (self.reader.word_is(k, "auxiliaries") and low != "'s"):
            return True
        if k == first or self.doc.words[k][0].isupper():
            return False
        if self.reader.word_is(k, "determiners"):
            before = self.doc.low[k - 1]
            return not (self.reader.word_is(k - 1, "prepositions") or before in ("and", "or", "all", "both", "half"))
        if self.reader.word_is(k - 1, "determiners"):
            return False
        form = self.reader.lex.verbs.get(low)
        verb = form is not None and not form.tense.isdisjoint((PAST, PRESENT)) and GERUND not in form.tense
        noun = low in self.reader.lex.nouns or low in self.reader.lex.plural_nouns
        return (verb and not noun) or self._is_past(k)

    def _ends_a_phrase(self, k: int, first: int, last: int) -> bool:
        """Whether a name, or a noun for people or a body, ends here."""
        word, low = self.doc.words[k], self.doc.low[k]
        after = self.doc.words[k + 1] if k < last else "."
        if not self.reader.is_word(k) or low in self.words["pronouns"] or self.reader.word_is(k, "determiners"):
            return False
        capital = is_capital(word)
        if capital and k == first and not is_capital(after):
            return low in self.words["bodies"] or after in OWNED
        if capital:
            return not is_capital(after) and not self.reader.word_is(k, "time")
        noun = low in self.words["bodies"] or low in self.words["titles"] or self.reader.word_is(k, "plural_sources")
        return noun and not is_capital(after) and not self.known.is_noun(after.lower())
