"""A document as the model sees it: tokens, tags, parse, lexicon, and what the rules made of it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from apps.attribution.cues import Lexicon
from apps.attribution.drafts import Draft
from apps.attribution.parsing import Parse
from apps.attribution.phrases import Reader
from apps.attribution.segmentation import Document

ENDINGS = ("ing", "ies", "ed", "es", "s")
BEFORE, AFTER = 4, 6


@dataclass(frozen=True, slots=True)
class Page:
    """A document with everything that features are read from. All positions are token numbers."""

    doc: Document
    lex: Lexicon
    reader: Reader
    parse: Parse
    drafts: list[Draft]
    lemmas: list[str]
    reports: list[str]
    """Of each token: verb, noun, lead or nothing, as the lexicon has it, outside quotations."""
    sentence_of: list[int]
    paragraphs: list[tuple[int, int]]

    def window(self, first: int) -> tuple[int, int]:
        """Tokens among which the spans of a cue at ``first`` are sought: its paragraph, some sentences to either side
        at most, and the paragraph after where that opens with a quotation."""
        doc = self.doc
        number = bisect_right(self.paragraphs, (first, len(doc))) - 1
        begins, ends = self.paragraphs[number]
        if number + 1 < len(self.paragraphs):
            following = self.paragraphs[number + 1]
            if doc.quote_of[following[0]] >= 0:
                ends = following[1]
        sentence = self.sentence_of[first]
        begins = max(begins, doc.sentences[max(0, sentence - BEFORE)].first)
        return begins, min(ends, doc.sentences[min(len(doc.sentences) - 1, sentence + AFTER)].last)

    def tokens_under(self, start: int, end: int) -> range:
        """The tokens that the code points ``start`` to ``end`` touch."""
        return range(bisect_left(self.doc.ends, start + 1), bisect_left(self.doc.starts, end))


def page(doc: Document, lex: Lexicon, reader: Reader, parse: Parse, drafts: list[Draft]) -> Page:
    """The page of a document that has been parsed and read by rules."""
    sentence_of = [0] * len(doc)
    for n, sentence in enumerate(doc.sentences):
        for k in range(sentence.first, sentence.last + 1):
            sentence_of[k] = n
    return Page(
        doc=doc,
        lex=lex,
        reader=reader,
        parse=parse,
        drafts=drafts,
        lemmas=[_lemma(lex, word) for word in doc.low],
        reports=[_reports(doc, lex, k) for k in range(len(doc))],
        sentence_of=sentence_of,
        paragraphs=_paragraphs(doc.paragraph),
    )


def _paragraphs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    out: list[tuple[int, int]] = []
    first = 0
    for k in range(1, len(numbers) + 1):
        if k == len(numbers) or numbers[k] != numbers[k - 1]:
            out.append((first, k - 1))
            first = k
    return out


def _lemma(lex: Lexicon, word: str) -> str:
    """The lemma of a cue verb; of other words what is left without a common ending."""
    form = lex.verbs.get(word)
    if form is not None:
        return form.cues[0].lemma
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) > len(ending) + 3:
            return word[: -len(ending)]
    return word


def _reports(doc: Document, lex: Lexicon, k: int) -> str:
    word = doc.low[k]
    if doc.quote_of[k] >= 0:
        return ""
    if word in lex.verbs:
        return "verb"
    if word in lex.nouns:
        return "noun"
    return "lead" if word == "according" else ""
