"""Whom "he", "it", "they" and "the ministry" repeat: the fuller mention earlier in the text, with the reason."""

from __future__ import annotations

from collections.abc import Callable

from apps.attribution.drafts import Draft
from apps.attribution.phrases import Phrase, Reader
from apps.attribution.segmentation import Document
from apps.attribution.types import Mention, Span

Fits = Callable[[Phrase], bool]
PERSONAL = frozenset(("he", "she", "his", "her"))
NEUTER = frozenset(("it", "its"))
PLURAL = frozenset(("they", "their", "we", "our"))
RELATIVE = frozenset(("who", "which"))


class Antecedents:
    """Resolves the short sources of a document's drafts, in order, each against the mentions before it."""

    def __init__(self, doc: Document, reader: Reader, drafts: list[Draft]) -> None:
        self.doc = doc
        self.reader = reader
        self.found: dict[int, Mention] = {}
        self.full: list[Phrase] = []
        self.phrases: dict[Span, Phrase] = {}
        order = sorted(range(len(drafts)), key=lambda n: drafts[n].source[0].first if drafts[n].source else 0)
        for n in order:
            if not drafts[n].source:
                continue
            source = drafts[n].source[0]
            mention = self._resolve(source)
            if mention is not None:
                self.found[n] = mention
                self.full.append(self.phrases[mention.span])
            elif self._is_full(source) and source not in self.full[-3:]:
                self.full.append(source)

    def of(self, n: int) -> Mention | None:
        """The antecedent of draft ``n``'s source, or None if it stands for itself or nothing fits."""
        return self.found.get(n)

    def _is_full(self, source: Phrase) -> bool:
        word = self.doc.low[source.first]
        return source.last > source.first or word not in PERSONAL | NEUTER | PLURAL | RELATIVE | {"i", "you"}

    def _resolve(self, source: Phrase) -> Mention | None:
        low = self.doc.low
        word = low[source.first]
        alone = source.first == source.last
        if alone and word in RELATIVE:
            return self._relative(source)
        if alone and word in PERSONAL:
            return self._latest(source, self._is_person, f"the last person named before “{word}”")
        if alone and word in NEUTER:
            return self._latest(source, self._is_institution, f"the last institution or state named before “{word}”")
        if alone and word in PLURAL:
            return self._latest(
                source, lambda p: not self._is_person(p), f"the last group or body named before “{word}”"
            )
        if (
            word in ("the", "this", "that")
            and source.last - source.first <= 2
            and self.doc.words[source.last].islower()
        ):
            head = low[source.last]
            return self._latest(
                source,
                lambda p: p.last - p.first > source.last - source.first and head in low[p.first : p.last + 1],
                f"the last fuller mention of a “{head}”",
            )
        if alone and self.doc.words[source.first][0].isupper():
            return self._latest(
                source,
                lambda p: p.last > p.first and self._head_name(p) == word and self._is_person(p),
                "the fuller name given before",
            )
        return None

    def _relative(self, source: Phrase) -> Mention | None:
        end = source.first - 1
        if end >= 0 and self.doc.words[end] == ",":
            end -= 1
        phrase = self.reader.noun_phrase_before(end, max(0, end - 20)) if end >= 0 else None
        return self._mention(phrase, "the words the relative pronoun follows") if phrase is not None else None

    def _latest(self, source: Phrase, fits: Fits, reason: str) -> Mention | None:
        for phrase in reversed(self.full[-40:]):
            if phrase.last < source.first and fits(phrase):
                return self._mention(phrase, reason)
        return self._named_before(source, fits, reason)

    def _named_before(self, source: Phrase, fits: Fits, reason: str) -> Mention | None:
        """A capitalised phrase that is no source itself, in the 80 tokens before."""
        k = source.first - 1
        stop = max(0, source.first - 80)
        while k > stop:
            if self.doc.words[k][0].isupper() and k + 1 < len(self.doc) and not self.doc.words[k + 1][0].isupper():
                phrase = self.reader.noun_phrase_before(k, stop)
                if phrase is not None and phrase.last > phrase.first and fits(phrase):
                    return self._mention(phrase, reason)
            k -= 1
        return None

    def _mention(self, phrase: Phrase, reason: str) -> Mention:
        span = Span(self.doc.starts[phrase.first], self.doc.ends[phrase.last])
        self.phrases[span] = phrase
        return Mention(
            surface=self.doc.slice(phrase.first, phrase.last),
            span=span,
            reason=reason,
            name=self._name(phrase),
        )

    def _name(self, phrase: Phrase) -> str | None:
        """The last run of capitalised words before any appositive."""
        end = self._core_end(phrase)
        last = end
        while last >= phrase.first and not self.doc.words[last][0].isupper():
            last -= 1
        first = last
        while first > phrase.first and self.doc.words[first - 1][0].isupper():
            first -= 1
        return self.doc.slice(first, last) if last >= phrase.first else None

    def _core_end(self, phrase: Phrase) -> int:
        for k in range(phrase.first, phrase.last + 1):
            if self.doc.low[k] in (",", "(", "–", "—"):
                return max(phrase.first, k - 1)
        return phrase.last

    def _head_name(self, phrase: Phrase) -> str:
        return self.doc.low[self._core_end(phrase)]

    def _has(self, phrase: Phrase, group: str) -> bool:
        return any(self.reader.word_is(k, group) for k in range(phrase.first, self._core_end(phrase) + 1))

    def _is_person(self, phrase: Phrase) -> bool:
        """Ends in two names, or is a title with or without a name: not an institution, not a plural."""
        end = self._core_end(phrase)
        if self.reader.word_is(end, "institutions") or self.reader.word_is(end, "plural_sources"):
            return False
        words = self.doc.words
        named = words[end][0].isupper() and end > phrase.first and words[end - 1][0].isupper()
        title = self.reader.word_is(end, "titles") or (self._has(phrase, "titles") and words[end][0].isupper())
        role = self._has(phrase, "titles") and not self._has(phrase, "institutions")
        return title or role or (named and not self.reader.word_is(phrase.first, "determiners"))

    def _is_institution(self, phrase: Phrase) -> bool:
        end = self._core_end(phrase)
        if self.reader.word_is(end, "plural_sources"):
            return False
        return (
            self._has(phrase, "institutions") and not (self._has(phrase, "titles") and self.doc.words[end][0].isupper())
        ) or (phrase.first == end and self.doc.words[end][0].isupper())
