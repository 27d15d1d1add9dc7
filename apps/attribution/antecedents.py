"""Whom "he", "it", "they", "the ministry", "its army" and a bare last name repeat: the fuller mention before, and why.

A short mention is compared with what the sentences before it have named and with the sources before it. Gender, number
and kind have to agree; of those that agree the best is taken: near, the subject of its sentence, a speaker. First names
tell no gender. Nothing is taken out of somebody else's quotation. Where nobody fits there is no antecedent.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import replace

from apps.attribution.candidates import RELATIVES, STOPS, Candidate, Sort
from apps.attribution.drafts import Draft
from apps.attribution.mentions import Mentions
from apps.attribution.naming import PARTICIPLES, is_capital
from apps.attribution.offices import offices
from apps.attribution.phrases import Phrase, Reader
from apps.attribution.segmentation import Document
from apps.attribution.types import Mention, Span

Fits = Callable[[Candidate], float | None]
"""How well a candidate fits, or None where it cannot be meant."""

PERSONAL = {"he": "man", "his": "man", "she": "woman", "her": "woman"}
NEUTER = frozenset(("it", "its"))
PLURAL = frozenset(("they", "their"))
FIRST_PERSON = frozenset(("i", "we", "my", "our"))
POSSESSIVE = frozenset(("its", "his", "her", "their"))
POINTING = frozenset(("the", "this", "that"))
SELF = frozenset(("itself", "himself", "herself", "themselves"))
SENTENCES_BACK = 7
SPEAKERS_BACK = 40
LONGEST_SHORT = 4
LONGEST_WHOSE = 8
SUBJECT, SPEAKER, SAME_GENDER, PERSON, NAMED = 1.0, 0.8, 2.0, 0.8, 0.5


class Antecedents:
    """Resolves the short sources of a document's drafts, in order, each against the mentions before it."""

    def __init__(self, doc: Document, reader: Reader, drafts: list[Draft]) -> None:
        self.doc = doc
        self.words = offices().words
        self.reader = reader
        self.mentions = Mentions(doc, reader)
        self.found: dict[int, Mention] = {}
        self.speakers: list[Candidate] = []
        self.topics: list[Candidate] = []
        self._by_head: dict[str, list[Candidate]] = {}
        self._by_name: dict[str, list[Candidate]] = {}
        self._genders: dict[str, str] = {}
        self._read = self._followed = 0
        self._meant: dict[Span, Candidate] = {}
        self._repeated: dict[int, Mention] = {}
        self._quoted = sorted((part.first, part.last, n) for n, draft in enumerate(drafts) for part in draft.content)
        self._said: set[Phrase] = set()
        order = sorted((n for n in range(len(drafts)) if drafts[n].source), key=lambda n: drafts[n].source[0].first)
        self._sources = {drafts[n].source[0] for n in order}
        known: dict[Phrase, Mention | None] = {}
        for n in order:
            source = drafts[n].source[0]
            if source not in known:
                known[source] = self._resolve(source, n, drafts)
                self._remember(source, known[source])
            mention = known[source]
            if mention is not None:
                self.found[n] = mention

    def of(self, n: int) -> Mention | None:
        """The antecedent of draft ``n``'s source, or None if it stands for itself or nothing fits."""
        return self.found.get(n)

    def _remember(self, source: Phrase, mention: Mention | None) -> None:
        self._said.add(source)
        if mention is None and self._is_pronoun(source):
            return
        if mention is None or self._has_owner(source):
            speaker = self.mentions.known.candidate(source, subject=True)
            self.speakers.append(speaker)
            self._index(speaker)
        elif (meant := self._meant.get(mention.span)) is not None:
            self._repeated[source.last] = mention
            self.speakers.append(replace(meant, sentence=self.mentions.known.sentence_of(source.first)))

    def _has_owner(self, source: Phrase) -> bool:
        """Whether the source is somebody's: "its ministry" repeats nobody, it only says whose."""
        return source.last > source.first and self.doc.low[source.first] not in POINTING

    def _is_pronoun(self, source: Phrase) -> bool:
        return source.first == source.last and self.doc.low[source.first] in self.words["pronouns"]

    # By the sort of short mention

    def _resolve(self, source: Phrase, n: int, drafts: list[Draft]) -> Mention | None:
        word = self.doc.low[source.first]
        self._read_up_to(source.first)
        if source.first == source.last:
            return self._resolve_word(source, word, n, drafts)
        if word in POINTING:
            return self._definite(source)
        return self._whose(source)

    def _resolve_word(self, source: Phrase, word: str, n: int, drafts: list[Draft]) -> Mention | None:
        if word in ("who", "which"):
            return self._relative(source)
        if word in FIRST_PERSON:
            return self._quoting(source, n, drafts)
        if (fits := self._fitting(word)) is not None:
            return self._best(source, *fits)
        if is_capital(self.doc.words[source.first]):
            return self._named(source, word)
        return None

    def _fitting(self, word: str) -> tuple[Fits, str, str] | None:
        """For a pronoun: who fits, the reason, and the gender learnt from it."""
        if (gender := PERSONAL.get(word)) is not None:
            return lambda c: self._fits_person(c, gender), f"the likeliest person named before “{word}”", gender
        if word in NEUTER:
            return self._fits_body, f"the likeliest institution or state named before “{word}”", ""
        if word in PLURAL:
            return self._fits_people, f"the likeliest group or body named before “{word}”", ""
        return None

    def _fits_person(self, c: Candidate, gender: str) -> float | None:
        known = c.gender or self._genders.get(self._last_name(c), "")
        if c.sort not in (Sort.PERSON, Sort.NAME) or (known and known != gender):
            return None
        if c.sort is Sort.NAME and not (c.subject or self._last_name(c) in self._genders):
            return None
        return (SAME_GENDER if known else 0.0) + (PERSON if c.sort is Sort.PERSON else 0.0)

    def _fits_body(self, c: Candidate) -> float | None:
        if c.sort is Sort.OTHER:
            return -NAMED if c.phrase in self._said else None
        if c.sort is Sort.NAME and self._last_name(c) in self._genders:
            return None
        return {Sort.BODY: NAMED, Sort.NAME: 0.0}.get(c.sort)

    def _fits_people(self, c: Candidate) -> float | None:
        if c.sort is Sort.NAME and (self._last_name(c) in self._genders or self._last_name(c) in self._by_name):
            return None
        return {Sort.PEOPLE: SUBJECT, Sort.BODY: -NAMED, Sort.NAME: -SUBJECT}.get(c.sort)

    def _best(self, source: Phrase, fits: Fits, reason: str, gender: str) -> Mention | None:
        here = self.mentions.known.sentence_of(source.first)
        best: tuple[float, int, Candidate] | None = None
        for candidate, bonus in self._before(source, here):
            fitting = fits(candidate)
            if fitting is None:
                continue
            score = fitting + bonus - (here - candidate.sentence)
            if best is None or (score, candidate.phrase.last) > best[:2]:
                best = score, candidate.phrase.last, candidate
        if best is None:
            return None
        if gender:
            self._genders.setdefault(self._last_name(best[2]), gender)
        return self._chained(best[2], source) or self._mention_of(best[2], reason)

    def _chained(self, c: Candidate, source: Phrase) -> Mention | None:
        """What a candidate itself repeats: "it" after "the ministry" is the ministry named in full."""
        if (before := self._repeated.get(c.core)) is not None:
            return before
        if c.phrase.last >= source.first or c.subject is False:
            return None
        if self.doc.low[c.phrase.first] in POINTING:
            return self._definite(c.phrase)
        alone = c.phrase.first == c.phrase.last
        return self._named(c.phrase, self.doc.low[c.core]) if alone and is_capital(self.doc.words[c.core]) else None

    def _before(self, source: Phrase, here: int) -> Iterator[tuple[Candidate, float]]:
        """Candidates before a short mention, with what their place in their sentence is worth, each once."""
        quote = self.doc.quote_of[source.first]
        seen: set[tuple[int, int]] = set()
        for speaker in reversed(self.speakers[-SPEAKERS_BACK:]):
            if speaker.phrase.last < source.first and speaker.quote in (-1, quote):
                seen.add((speaker.phrase.first, speaker.core))
                yield speaker, SUBJECT + SPEAKER
        for topic in reversed(self.topics[-SENTENCES_BACK:]):
            yield topic, SUBJECT
        for n in range(here, max(-1, here - SENTENCES_BACK - 1), -1):
            for candidate in self.mentions.in_sentence(n):
                if candidate.phrase.last >= source.first or candidate.quote not in (-1, quote):
                    continue
                if (candidate.phrase.first, candidate.core) not in seen:
                    yield candidate, SUBJECT if candidate.subject else -self._depth(candidate)

    def _depth(self, c: Candidate) -> float:
        """A possessor or a place inside another phrase is less likely taken up than what it belongs to."""
        after = self.doc.low[c.phrase.last + 1] if c.phrase.last + 1 < len(self.doc) else "."
        before = self.doc.low[c.phrase.first - 1] if c.phrase.first else "."
        return NAMED if after in ("'s", "’s", "'") or before in ("of", "from", "to", "in") else 0.0

    # Kinds, names, owners

    def _definite(self, source: Phrase) -> Mention | None:
        """ "The ministry", "this commission", "the army itself", also with a clause of its own."""
        core = self.mentions.known.core_of(source)
        while core > source.first and self.doc.low[core] in SELF:
            core -= 1
        words = self.doc.low[source.first + 1 : core + 1]
        if not 1 <= len(words) < LONGEST_SHORT or not all(word.isalpha() for word in words):
            return None
        if any(is_capital(word) for word in self.doc.words[source.first + 1 : core + 1]):
            return None  # "the Assembly" is a name of its own
        for candidate in reversed(self._by_head.get(words[-1], ())[-SPEAKERS_BACK:]):
            if self._is_fuller(candidate, source, core, words[:-1]):
                return self._mention_of(candidate, f"the last fuller mention of a “{words[-1]}”")
        return self._of_a_kind(source, words[0]) if len(words) == 1 else None

    def _is_fuller(self, c: Candidate, source: Phrase, core: int, modifiers: list[str]) -> bool:
        within = self.doc.low[c.phrase.first : c.phrase.last + 1]
        return (
            c.phrase.last < source.first
            and c.core - c.phrase.first > core - source.first - (c.phrase.last > c.core)
            and all(word in within for word in modifiers)
            and c.quote in (-1, self.doc.quote_of[source.first])
            and (self._has_name(c) or c.core - c.phrase.first > core - source.first)
        )

    def _has_name(self, c: Candidate) -> bool:
        return any(is_capital(self.doc.words[k]) for k in range(c.phrase.first + 1, c.phrase.last + 1))

    def _of_a_kind(self, source: Phrase, word: str) -> Mention | None:
        """ "The group", "the country", "the official": any body, state or person."""
        sorts = {"any_body": Sort.BODY, "any_state": Sort.NAME, "any_person": Sort.PERSON}
        wanted = next((sort for group, sort in sorts.items() if word in self.words[group]), None)
        if wanted is None:
            return None

        def fits(c: Candidate) -> float | None:
            return 0.0 if c.sort is wanted and (self._has_name(c) or is_capital(self.doc.words[c.core])) else None

        return self._best(source, fits, f"the likeliest that “the {word}” may be", "")

    def _named(self, source: Phrase, word: str) -> Mention | None:
        """A last name alone, after the full name; an acronym, after the name it is in brackets behind."""
        for candidate in reversed(self._by_name.get(word, ())[-SPEAKERS_BACK:]):
            if candidate.phrase.last < source.first:
                acronym = self._last_name(candidate) != word
                reason = "the name this acronym was given for" if acronym else "the fuller name given before"
                return self._mention_of(candidate, reason)
        return None

    def _whose(self, source: Phrase) -> Mention | None:
        """ "Its ministry", "a spokesman for their army": whose."""
        core = min(self.mentions.known.core_of(source), source.first + LONGEST_WHOSE)
        place = next((k for k in range(source.first, core) if self.doc.low[k] in POSSESSIVE), None)
        named = any(is_capital(word) for word in self.doc.words[core + 1 : source.last + 1])
        if place is None or named or (fits := self._fitting(self.doc.low[place])) is None:
            return None
        return self._best(source, fits[0], fits[1].replace("before", "before, whose it is,"), fits[2])

    def _quoting(self, source: Phrase, n: int, drafts: list[Draft]) -> Mention | None:
        """ "I" and "we" in somebody's words: whoever said them."""
        behind = bisect_right(self._quoted, (source.first, len(self.doc), len(drafts)))
        near = reversed(self._quoted[max(0, behind - SPEAKERS_BACK) : behind])
        around = [m for _, last, m in near if m != n and source.last <= last]
        speaker = next((drafts[m].source[0] for m in around if drafts[m].source), None)
        if speaker is None or speaker == source or self._is_pronoun(speaker):
            return None
        return self._mention(speaker, "the speaker of these words")

    # Relative clauses

    def _relative(self, source: Phrase) -> Mention | None:
        """The words the pronoun follows; where they are about no speaker but name one, that one."""
        end = source.first - 1
        if end >= 0 and self.doc.words[end] == ",":
            end -= 1
        phrase = self.reader.noun_phrase_before(end, max(0, end - 20)) if end >= 0 else None
        if phrase is None:
            return None
        candidate = self.mentions.known.candidate(phrase, subject=False)
        inside = self._speaker_within(phrase) if candidate.sort is Sort.OTHER else None
        return inside or self._mention(phrase, "the words the relative pronoun follows")

    def _speaker_within(self, phrase: Phrase) -> Mention | None:
        """ "Orland" in "an Orland-brokered truce" and in "Orland's plan": a thing says nothing, who made it does."""
        reason = (
            f"what the relative pronoun follows, “{self.doc.slice(phrase.first, phrase.last)}”, says nothing itself"
        )
        for k in range(phrase.first, phrase.last + 1):
            if not is_capital(self.doc.words[k]) or self.doc.low[k] in POINTING:
                continue
            maker, _, done = self.doc.words[k].rpartition("-")
            if maker and (done.endswith("ed") or done in PARTICIPLES):
                start = self.doc.starts[k]
                return Mention(surface=maker, span=Span(start, start + len(maker)), reason=reason, name=maker)
            last = k
            while last < phrase.last and is_capital(self.doc.words[last + 1]):
                last += 1
            return self._mention(Phrase(k, last), reason)
        return None

    # What was read

    def _read_up_to(self, k: int) -> None:
        """Take in the candidates of all sentences up to the one of token ``k``, each sentence once."""
        until = self.mentions.known.sentence_of(k)
        while self._read <= until:
            for candidate in self.mentions.in_sentence(self._read):
                self._index(candidate)
            self._read += 1
        while self._followed < until:
            self._follow(self._followed)
            self._followed += 1

    def _follow(self, n: int) -> None:
        """Take in whom a sentence that reports nothing goes on about: "He spoke French and German"."""
        k = self.mentions.pronoun_of(n)
        if k is None or Phrase(k, k) in self._sources or (fits := self._fitting(self.doc.low[k])) is None:
            return
        found = self._best(Phrase(k, k), *fits)
        if found is not None and (meant := self._meant.get(found.span)) is not None:
            self.topics.append(replace(meant, sentence=n))

    def _index(self, c: Candidate) -> None:
        for head in c.heads:
            self._by_head.setdefault(head, []).append(c)
        last = self._head(c)
        if c.sort is Sort.PERSON and last > c.phrase.first and is_capital(self.doc.words[last]):
            self._by_name.setdefault(self.doc.low[last], []).append(c)
        if apposed := self._apposed_name(c):
            self._by_name.setdefault(self.doc.low[apposed], []).append(c)
        bracket = c.phrase.last + 1 if c.core == c.phrase.last else c.core + 1
        if bracket + 2 < len(self.doc) and self.doc.words[bracket] == "(" and self.doc.words[bracket + 2] == ")":
            short = self.doc.words[bracket + 1]
            if sum(letter.isupper() for letter in short) > 1:
                whole = Candidate(
                    Phrase(c.phrase.first, bracket + 2), c.core, c.sort, "", c.heads, c.subject, c.quote, c.sentence
                )
                self._by_name.setdefault(short.lower(), []).append(whole)

    def _apposed_name(self, c: Candidate) -> int:
        """The last token of a name after a comma: "the council's chairwoman, Inge Tarrant"; 0 for none."""
        end = c.phrase.last
        while end > c.core and self.doc.low[end] in STOPS | RELATIVES:
            end -= 1
        named = end > c.core + 2 and is_capital(self.doc.words[end]) and is_capital(self.doc.words[end - 1])
        return end if named and c.sort is Sort.PERSON else 0

    def _last_name(self, c: Candidate) -> str:
        return self.doc.low[self._apposed_name(c) or self._head(c)]

    def _head(self, c: Candidate) -> int:
        return self.mentions.known.head(c.phrase.first, c.core)

    def _mention_of(self, c: Candidate, reason: str) -> Mention:
        found = self._mention(c.phrase, reason)
        self._meant[found.span] = c
        return found

    def _mention(self, phrase: Phrase, reason: str) -> Mention:
        return Mention(
            surface=self.doc.slice(phrase.first, phrase.last),
            span=Span(self.doc.starts[phrase.first], self.doc.ends[phrase.last]),
            reason=reason,
            name=self._name(phrase),
        )

    def _name(self, phrase: Phrase) -> str | None:
        """The last run of capitalised words before any appositive."""
        last = self.mentions.known.core_of(phrase)
        while last >= phrase.first and not is_capital(self.doc.words[last]):
            last -= 1
        first = last
        while first > phrase.first and is_capital(self.doc.words[first - 1]):
            first -= 1
        return self.doc.slice(first, last) if last >= phrase.first else None
