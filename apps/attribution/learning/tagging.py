"""Drafts from a page, by the two fields: cues first, then source and content of each."""

from __future__ import annotations

from apps.attribution.cues import Lexicon
from apps.attribution.drafts import Draft
from apps.attribution.learning.cue_features import cue_features, hints
from apps.attribution.learning.model import Fields
from apps.attribution.learning.pages import Page
from apps.attribution.learning.reading import cues_in, phrases_in
from apps.attribution.learning.span_features import Cue, draft_of, window_features
from apps.attribution.phrases import Phrase
from apps.attribution.types import Kind

MOST_CUES = 16
"""In one sentence; more than that is no prose."""


def read_by_model(page: Page, fields: Fields) -> list[Draft]:
    """Every cue with a content, in order."""
    hinted = hints(page)
    base: list[list[str] | None] = [None] * len(page.doc)
    out: list[Draft] = []
    for sentence in page.doc.sentences:
        if sentence.skipped:
            continue
        labels = fields.cue.tag(cue_features(page, sentence.first, sentence.last, hinted))
        for cue in cues_in(labels, page, sentence.first)[:MOST_CUES]:
            sure = sum(1 - fields.cue.marginal("O", k - sentence.first) for k in range(cue.first, cue.last + 1))
            draft = _spans(page, cue, fields, base, sure / (cue.last - cue.first + 1))
            if draft is not None:
                out.append(draft)
    return out


def _spans(page: Page, cue: Cue, fields: Fields, base: list[list[str] | None], sure: float) -> Draft | None:
    first, _, features = window_features(page, cue, base)
    labels = fields.span.tag(features)
    content, source = phrases_in(labels, "C", first), phrases_in(labels, "S", first)
    if not any(page.doc.count_words(part.first, part.last)[0] for part in content):
        return None
    own = draft_of(page, cue)
    return Draft(
        source=source,
        cue=[Phrase(cue.first, cue.last)],
        content=content,
        kind=own.kind if own is not None else _kind(page.lex, page.doc.low[cue.head]),
        pattern="trained",
        confidence=sure,
        verb=cue.head,
        target=own.target if own is not None else None,
    )


def _kind(lex: Lexicon, word: str) -> Kind:
    form = lex.verbs.get(word)
    return form.cues[0].kind if form is not None else lex.nouns.get(word, Kind.ASSERTION)
