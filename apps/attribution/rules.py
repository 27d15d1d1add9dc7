"""The rules at work: sentence by sentence, pattern by pattern, into drafts."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import zip_longest

from apps.attribution.clauses import read_clauses
from apps.attribution.drafts import Draft, Scene, scene
from apps.attribution.nominal import read_leads, read_nouns
from apps.attribution.phrases import Phrase, Reader
from apps.attribution.quotations import carry_on, read_colon
from apps.attribution.quoted import bare_speaker, read_beside_quotation
from apps.attribution.refusals import read_silences
from apps.attribution.segmentation import Document
from apps.attribution.unlisted import read_adjectives, read_headline

RELAYED = "relayed"
SUREST_RELAY = 0.7
SHORTEST_RELAY = 5
"""Tokens of a quotation, marks included, in which a source, a cue and a content have room."""


def read_by_rules(doc: Document, reader: Reader) -> list[Draft]:
    """Everything the patterns find, sentence by sentence, each sentence's cues in order."""
    drafts: list[Draft] = []
    taken: set[int] = set()
    quote_starts = [quote.first for quote in doc.quotes]
    sentences = [sentence for sentence in doc.sentences if not sentence.skipped]
    for here, following in zip_longest([scene(reader, s) for s in sentences], sentences[1:]):
        _read_sentence(here)
        if not here.found and following is not None:
            _read_with_following(here, scene(reader, following), taken)
        if not here.found:
            carry_on(here, drafts, taken)
        here.found += _relayed(here)
        here.found.sort(key=lambda d: d.verb)
        drafts.extend(here.found)
        for draft in here.found:
            taken.update(n for part in draft.content for n in _quotes_in(quote_starts, part))
    return drafts


def _read_sentence(here: Scene) -> None:
    read_clauses(here)
    read_leads(here)
    read_nouns(here)
    read_silences(here)
    read_adjectives(here)
    read_colon(here)
    drop_doubles(here)
    if not here.found:
        read_beside_quotation(here)
        read_headline(here)


def _read_with_following(here: Scene, following: Scene, taken: set[int]) -> None:
    """A quotation that ends its sentence, and whose speaker is all the next sentence names: "“Can we?” X asked."."""
    doc = here.doc
    number = doc.quote_of[here.sentence.last]
    if number < 0 or number in taken or doc.quotes[number].last != here.sentence.last:
        return
    if following.sentence.paragraph != here.sentence.paragraph or (found := bare_speaker(following)) is None:
        return
    source, verb, kind = found
    content = Phrase(doc.quotes[number].first, here.sentence.last)
    here.found.append(Draft([source], [Phrase(verb, verb)], [content], kind, "beside quotation", 0.75, verb))


def _relayed(here: Scene) -> list[Draft]:
    """What somebody who is quoted reports of others: "They told us we had an hour". "I said" is no report."""
    out: list[Draft] = []
    quotes = {here.doc.quote_of[k] for k in range(here.first, here.last + 1)} - {-1}
    for number in sorted(quotes):
        if here.doc.quotes[number].last - here.doc.quotes[number].first < SHORTEST_RELAY:
            continue
        inner = scene(here.reader, here.sentence, inside=number)
        if inner.first < inner.last:
            read_clauses(inner)
            drop_doubles(inner)
        out += [draft for draft in inner.found if _is_relay(inner, draft)]
    for draft in out:
        draft.pattern = RELAYED
    return out


def _is_relay(inner: Scene, draft: Draft) -> bool:
    """Whether a speaker reports what a third party, who is named, has said; not "I", "they", nor anybody's thoughts."""
    reader = inner.reader
    if len(draft.source) != 1 or draft.confidence < SUREST_RELAY or draft.pattern == "no comment":
        return False
    cue = next(iter(reader.lex.verbs[reader.low[draft.verb]].cues))
    modal = any(reader.word_is(k, "modals") for k in range(draft.cue[0].first, draft.verb))
    if modal or "that" in cue.takes:
        return False
    tokens = range(draft.source[0].first, draft.source[0].last + 1)
    if any(reader.word_is(k, "subject_pronouns") or reader.word_is(k, "question") for k in tokens):
        return False
    named = any(reader.doc.words[k][0].isupper() and k > inner.first for k in tokens)
    return named or any(reader.word_is(k, group) for k in tokens for group in ("titles", "institutions"))


def _quotes_in(starts: list[int], part: Phrase) -> range:
    """Numbers of the quotations that open inside a content."""
    return range(bisect_left(starts, part.first), bisect_right(starts, part.last))


def drop_doubles(here: Scene) -> None:
    """Of two drafts with one and the same source and content keep the surer, and drop contents without a word."""
    best: dict[tuple[int, int, int], Draft] = {}
    for draft in here.found:
        key = _identity(draft)
        if key not in best or best[key].confidence < draft.confidence:
            best[key] = draft
    here.found = [
        d
        for d in here.found
        if best[_identity(d)] is d and any(here.doc.count_words(part.first, part.last)[0] for part in d.content)
    ]


def _identity(draft: Draft) -> tuple[int, int, int]:
    """The same source and content is the same attribution."""
    return draft.source[0].last if draft.source else -1, draft.content[0].first, draft.content[-1].last
