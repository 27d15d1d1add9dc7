"""The rules at work: sentence by sentence, pattern by pattern, into drafts."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from apps.attribution.clauses import read_clauses
from apps.attribution.drafts import Draft, Scene, scene
from apps.attribution.nominal import read_leads, read_nouns
from apps.attribution.phrases import Phrase, Reader
from apps.attribution.quotations import carry_on, read_colon
from apps.attribution.segmentation import Document


def read_by_rules(doc: Document, reader: Reader) -> list[Draft]:
    drafts: list[Draft] = []
    taken: set[int] = set()
    quote_starts = [quote.first for quote in doc.quotes]
    for sentence in doc.sentences:
        if sentence.skipped:
            continue
        here = scene(reader, sentence)
        read_clauses(here)
        read_leads(here)
        read_nouns(here)
        read_colon(here)
        drop_doubles(here)
        if not here.found:
            carry_on(here, drafts, taken)
        here.found.sort(key=lambda d: d.verb)
        drafts.extend(here.found)
        for draft in here.found:
            taken.update(n for part in draft.content for n in _quotes_in(quote_starts, part))
    return drafts


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
