"""Verb groups that may be cues and the subjects before them, by closed word classes and typography alone.

What only a parse can tell is asked of ``ParsedReader`` (``parsed.py``); here those questions have no answer.
"""

from __future__ import annotations

from dataclasses import dataclass

from apps.attribution.cues import BASE, GERUND, PAST, PRESENT, Cue, Form
from apps.attribution.noun_phrases import DASHES, QUOTATION_MARKS, REACH, NounPhrases, Phrase

__all__ = ["DASHES", "QUOTATION_MARKS", "REACH", "Phrase", "Reader", "VerbGroup"]


CLOSE = 8


@dataclass(frozen=True, slots=True)
class VerbGroup:
    """A cue verb with its auxiliaries: tokens ``first..verb``; ``left`` is the token just before adverbs and all."""

    first: int
    verb: int
    left: int
    tense: str
    negated: bool
    passive: bool
    modal: bool
    cues: tuple[Cue, ...]


class Unparsed:
    """The questions only a parse answers; without one nothing is known."""

    def tag_of(self, k: int) -> str:
        """The Penn Treebank tag of a token, or nothing."""
        return ""

    def own_subject(self, verb: int) -> Phrase | None:
        """The subject of the verb itself, wherever it stands."""
        return None

    def shared(self, verb: int) -> Phrase | None:
        """The subject a verb has from the clause it is joined to or hangs on."""
        return None

    def is_joined(self, verb: int) -> bool:
        """Whether a verb goes on with the clause of an earlier one: "did A, told B and, soon, said C"."""
        return False

    def is_purpose(self, verb: int) -> bool:
        """Whether an infinitive tells what its main clause was for: "appeared on television to say"."""
        return False

    def clause_of(self, verb: int) -> int | None:
        """The token at which the clause begins that the verb takes as its object."""
        return None

    def goes_on(self, verb: int, start: int) -> int | None:
        """The token after ``start`` at which the clause of ``verb`` itself goes on, past its object."""
        return None

    def clause_of_noun(self, noun: int) -> Phrase | None:
        """The that-clause a noun governs: "its admission | that it keeps rifles | had voided the terms"."""
        return None

    def agent_of(self, verb: int) -> Phrase | None:
        """By whom something was done, wherever "by" stands after a passive verb."""
        return None


class Reader(Unparsed, NounPhrases):
    """Answers questions about one document in the words of one lexicon."""

    def verb_group(self, k: int, floor: int) -> VerbGroup | None:
        """The verb group whose head is token ``k``, or None where the word is no verb here."""
        form = self.lex.verbs.get(self.low[k])
        if form is None or not self._reads_as_verb(k, form, floor):
            return None
        i = k - 1
        first = k
        negated = passive = modal = False
        has_auxiliary = False
        while i >= floor and k - i < 8:
            word = self.low[i]
            if word in self.lex.words["auxiliaries"] or word in self.lex.words["negations"] or word == "to":
                first = i
                has_auxiliary = True
                negated = negated or word in self.lex.words["negations"]
                passive = passive or word in self.lex.words["be"]
                modal = modal or word in self.lex.words["modals"]
            elif self.low[i - 2 : i + 1] == ["in", "the", "past"] and i - 2 > floor:
                i -= 2
            elif word == "yet" and i < k and self.low[i + 1] == "to":
                negated, first = True, i
            elif self.word_is(i, "continuing") and self.low[i + 1] == "to":
                first = i
            elif word == "on" and i > floor and self.low[i - 1] in ("went", "goes", "going"):
                i, first = i - 1, i - 1
            elif not self.is_adverb(i) and not self._names_a_day(i):
                break
            i -= 1
        tense = self._tense(k, form, has_auxiliary)
        return VerbGroup(first, k, i, tense, negated, passive and tense == PAST, modal, form.cues)

    def _names_a_day(self, i: int) -> bool:
        """ "Baku on Tuesday urged": the day between a subject and its verb."""
        day = self.lex.words["weekdays"] | {"late", "early", "today", "yesterday"}
        return self.low[i] in day or (self.low[i] == "on" and self.word_is(i + 1, "weekdays"))

    def _tense(self, k: int, form: Form, has_auxiliary: bool) -> str:
        for tense in (GERUND, PAST, PRESENT, BASE):
            if tense in form.tense and not (tense == PAST and BASE in form.tense and has_auxiliary):
                return tense
        return BASE

    def _reads_as_verb(self, k: int, form: Form, floor: int) -> bool:
        word = self.low[k]
        before = self.low[k - 1] if k > floor else ""
        if k > floor and (before in self.lex.words["determiners"] or (before == "'s" and PAST not in form.tense)):
            return before in ("this", "that", "these", "those", "some", "both", "many") and PAST in form.tense
        if self.doc.words[k][0].isupper() and k > floor and self.doc.words[k - 1][0].islower():
            return False
        if word in self.lex.plural_nouns:
            return self._has_singular_subject(k, floor)
        if word in self.lex.base_nouns and PAST not in form.tense:
            return self._has_plural_subject(k, floor)
        if form.tense == {BASE}:
            return self._has_plural_subject(k, floor)
        if PAST in form.tense and before in self.lex.words["prepositions"]:
            return before in ("after", "since", "before", "than", "as")
        return True

    def _has_singular_subject(self, k: int, floor: int) -> bool:
        i = k - 1
        while i > floor and self.is_adverb(i):
            i -= 1
        if i < floor or not self.is_word(i):
            return i >= floor and self.low[i] == "," and self.is_word(k + 1)
        word = self.low[i]
        after = self.low[k + 1] if k + 1 < len(self.low) else "."
        if word in ("he", "she", "it", "who", "which") or word in self.lex.words["titles"]:
            return True
        follows = after in ("that", "to", ":") or after in self.lex.words["determiners"] or after in QUOTATION_MARKS
        closes = after in (".", "”", '"') and "," in self.low[max(floor, k - CLOSE) : k]
        return (self.doc.words[i][0].isupper() or word in self.lex.words["institutions"]) and (follows or closes)

    def _has_plural_subject(self, k: int, floor: int) -> bool:
        i = k - 1
        while i >= floor and (self.is_adverb(i) or self.low[i] in self.lex.words["negations"]):
            i -= 1
        if i < floor:
            return False
        word = self.low[i]
        if word in ("they", "we", "you", "i", "who") or word in self.lex.words["plural_sources"]:
            return True
        if word in self.lex.words["modals"] or word in ("do", "did", "does"):
            return True
        if k + 1 < len(self.low) and self.low[k + 1] == "that" and self._names_several(i, floor):
            return True
        return (
            len(word) > 3
            and word.endswith("s")
            and (self.doc.words[i][0].islower() or i == floor)
            and k + 1 < len(self.low)
            and self.low[k + 1] in ("that", "to", "the", "a", "he", "she", "it", "they", "there", "“", '"')
        )

    def _names_several(self, i: int, floor: int) -> bool:
        """Whether a plural source stands among the words up to ``i``: "sources within the army"."""
        return any(self.word_is(m, "plural_sources") for m in range(max(floor, i - 6), i + 1))

    def subject(self, group: VerbGroup, floor: int) -> Phrase | None:
        """The noun phrase the verb group says something of, just before it; appositives are part of it."""
        j = group.left
        if j < floor:
            return None
        if self.low[j] == ",":
            return self._subject_over_commas(j, floor)
        if self.low[j] == ")":
            i = j
            while i > floor and j - i < 12 and self.low[i] != "(":
                i -= 1
            if self.low[i] != "(" or i <= floor:
                return None
            inner = self.noun_phrase_before(i - 1, floor)
            return Phrase(inner.first, j) if inner else None
        if self.doc.words[j] in DASHES:
            i = j - 1
            while i > floor and j - i < 25 and self.doc.words[i] not in DASHES:
                i -= 1
            inner = self.noun_phrase_before(i - 1, floor) if self.doc.words[i] in DASHES and i > floor else None
            return Phrase(inner.first, j - 1) if inner else None
        return self.noun_phrase_before(j, floor)

    def _subject_over_commas(self, j: int, floor: int) -> Phrase | None:
        """ "X, the minister of Y, who had Z," before the verb: X with its appositives."""
        i = j - 1
        for _ in range(3):
            while i > floor and j - i < REACH and (self.low[i] != "," or self.doc.quote_of[i] >= 0):
                i -= 1
            if i <= floor or self.low[i] != "," or not self._opens_appositive(i + 1):
                return None
            if i - 2 > floor and self.low[i - 1].isdigit() and self.low[i - 2] == ",":
                i -= 2  # an age: "Jane Roe, 52, a shopkeeper"
            inner = self.noun_phrase_before(self._before_parenthesis(i - 1, floor), floor)
            if inner is None:
                return None
            if self.low[i + 1] in self.lex.words["prepositions"]:
                return inner
            if not self._opens_appositive(inner.first) or inner.first == floor or self.low[inner.first - 1] != ",":
                return Phrase(inner.first, j - 1)
            if self._is_sourcelike(inner) and not self._follows_a_name(inner.first, floor):
                return Phrase(inner.first, j - 1)
            i = inner.first - 1
        return None

    def _before_parenthesis(self, k: int, floor: int) -> int:
        """``k``, or the token before the parenthesis that ends there: "the Front (FLI)"."""
        if self.low[k] != ")":
            return k
        return next((i - 1 for i in range(k - 1, max(floor, k - 12), -1) if self.low[i] == "("), k)

    def _follows_a_name(self, k: int, floor: int) -> bool:
        """Whether a name and a comma stand right before token ``k``: "Jane Roe, the mayor"."""
        words = self.doc.words
        return k - 3 >= floor and words[k - 2][0].isupper() and words[k - 3][0].isupper()

    def _is_sourcelike(self, phrase: Phrase) -> bool:
        return any(
            self.low[k] in self.lex.words["titles"] or self.low[k] in self.lex.words["institutions"]
            for k in range(phrase.first, phrase.last + 1)
        )

    def _opens_appositive(self, k: int) -> bool:
        word = self.low[k]
        return (
            word in self.lex.words["determiners"]
            or word in self.lex.words["titles"]
            or word
            in ("who", "which", "whose", "formerly", "now", "of", "from", "then", "himself", "herself", "jr", "sr")
            or word[0].isdigit()
            or word in ("for", "in", "at", "on", "during", "via", "asked", "reached", "contacted", "quoted")
            or (word.endswith("ing") and self.doc.words[k][0].islower())
            or word.startswith(("ex-", "co-", "vice"))
            or (k + 1 < len(self.low) and self.low[k + 1] in self.lex.words["titles"])
            or (k + 2 < len(self.low) and self.low[k + 2] in self.lex.words["titles"])
            or (self.doc.words[k][0].isupper() and k + 1 < len(self.low) and self.low[k + 1] == ",")
            or self._describes_a_name(k)
            or self._names_a_title(k)
        )

    def _names_a_title(self, k: int) -> bool:
        """A name after a role and a comma: "the parliament's speaker, Jane Roe,"."""
        back = k - 2
        while back > 0 and k - back < 10 and self.low[back] != "," and not self.word_is(back, "titles"):
            back -= 1
        if k < 2 or not (self.word_is(back, "titles") or self._is_common_noun(k - 2)):
            return False
        end = k
        while end < len(self.low) and end - k < 6 and (self.doc.words[end][0].isupper() or self.low[end] == "."):
            end += 1
        return end > k and end < len(self.low) and self.low[end] == ","

    def _is_common_noun(self, k: int) -> bool:
        """Whether a word without a capital, and no closed-class word, stands there: "the tanker's operator, ..."."""
        groups = ("prepositions", "auxiliaries", "adverbs", "time", "subordinators", "subject_pronouns")
        return self.doc.words[k][0].islower() and not any(self.word_is(k, group) for group in groups)

    def _describes_a_name(self, k: int) -> bool:
        """A bare noun after a name and a comma: "Jane Roe, curator of the museum"."""
        if k < 3 or self.low[k - 1] != "," or not self.doc.words[k][0].islower() or self.low[k] in self.lex.verbs:
            return False
        if not (self.doc.words[k - 2][0].isupper() and self.doc.words[k - 3][0].isupper()):
            return False
        groups = ("prepositions", "auxiliaries", "subordinators", "subject_pronouns", "adverbs", "time")
        return not any(self.word_is(k, group) for group in groups) and not self.low[k].endswith(("ed", "ing", "ly"))
