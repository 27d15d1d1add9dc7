"""Quotations that no cue of their own sentence accounts for, and lead-ins with a colon."""

from __future__ import annotations

from apps.attribution.drafts import Draft, Scene
from apps.attribution.phrases import Phrase
from apps.attribution.segmentation import Document
from apps.attribution.types import Kind

MOSTLY = 0.8


def read_colon(scene: Scene) -> None:
    """ "X: CONTENT" where X is a short source and the rest a quotation, or the line is a heading."""
    reader = scene.reader
    for k in range(scene.first + 1, min(scene.first + 9, scene.last)):
        if scene.in_quote(k):
            return
        if reader.low[k] != ":":
            continue
        quoted = scene.opens_quote(k + 1)
        source = reader.noun_phrase_before(k - 1, scene.first)
        if source is None or source.first != scene.first or not quoted or scene.found:
            return
        content = Phrase(k + 1, scene.quote_end(scene.last))
        scene.found.append(Draft([source], [Phrase(k, k)], [content], Kind.ASSERTION, "colon", 0.6, k))
        return


def carry_on(scene: Scene, drafts: list[Draft], taken: set[int]) -> None:
    """Give a sentence that is mostly quotation and has no cue to whoever was quoted last, within the paragraph, or in
    the paragraph before if its quotation was left open or this one starts with a quotation."""
    doc = scene.doc
    numbers = [k for k in range(scene.first, scene.last + 1) if doc.quote_of[k] >= 0]
    if len(numbers) < MOSTLY * (scene.last - scene.first + 1) or not numbers:
        return
    if doc.quote_of[numbers[0]] in taken or _runs_on(doc, scene):
        return
    host = _host(doc, drafts, scene)
    if host is None:
        return
    content = Phrase(doc.quotes[doc.quote_of[numbers[0]]].first, scene.quote_end(numbers[-1]))
    if content.first > host.content[-1].last:
        host.content.append(content)


def _runs_on(doc: Document, scene: Scene) -> bool:
    """Whether the quotation goes on in the next sentence, where its speaker may be named."""
    n = doc.quote_of[scene.sentence.last]
    return n >= 0 and doc.quotes[n].last > scene.sentence.last and doc.quotes[n].closed


def _host(doc: Document, drafts: list[Draft], scene: Scene) -> Draft | None:
    paragraph = doc.paragraph[scene.first]
    for draft in reversed(drafts[-4:]):
        part = draft.content[-1]
        quoted = doc.quote_of[part.first] >= 0 or doc.quote_of[part.last] >= 0
        if draft.pattern == "relayed" or (not quoted and draft.pattern == "according to"):
            continue
        last = max(draft.verb, draft.content[-1].last)
        distance = paragraph - doc.paragraph[last]
        if distance == 0:
            return draft
        if distance == 1 and _left_open(doc, draft):
            return draft
        if distance == 1 and scene.opens_quote(scene.first):
            return draft
        return None
    return None


def _left_open(doc: Document, draft: Draft) -> bool:
    n = doc.quote_of[draft.content[-1].last]
    return n >= 0 and not doc.quotes[n].closed
