"""What reports without a cue verb of the lexicon: adjectives of insistence, headlines that name their source last."""

from __future__ import annotations

from apps.attribution.complements import content_end
from apps.attribution.drafts import Draft, Scene
from apps.attribution.phrases import DASHES, Phrase
from apps.attribution.types import Kind

LONGEST_NAME = 5
SHORTEST_CONTENT = 3


def read_adjectives(scene: Scene) -> None:
    """ "Others were adamant that they had seen nothing": a copula, an adjective of the lexicon, and "that"."""
    reader = scene.reader
    for k in range(scene.first + 2, scene.last - 1):
        if not reader.word_is(k, "insisting") or reader.low[k + 1] != "that" or scene.in_quote(k):
            continue
        be = next((m for m in range(k - 1, max(scene.first, k - 4), -1) if reader.word_is(m, "be")), None)
        if be is None:
            continue
        source = reader.own_subject(k) or reader.noun_phrase_before(be - 1, scene.first)
        if source is not None and source.last < be and not reader.word_is(source.last, "own_voice"):
            content = Phrase(k + 1, content_end(scene, k + 1))
            scene.found.append(Draft([source], [Phrase(be, k)], [content], Kind.ASSERTION, "adjective", 0.7, k))


def read_headline(scene: Scene) -> None:
    """ "Depot fire put out — emergencies ministry", "Dam holds: army": a heading whose last words are its source."""
    reader = scene.reader
    if not scene.sentence.heading or scene.found:
        return
    for k in range(scene.last - 1, max(scene.first + SHORTEST_CONTENT, scene.last - LONGEST_NAME) - 1, -1):
        if reader.low[k] != ":" and scene.doc.words[k] not in DASHES:
            continue
        name = Phrase(k + 1, scene.last)
        groups = ("institutions", "titles", "plural_sources")
        if any(reader.word_is(m, group) for m in range(name.first, name.last + 1) for group in groups):
            content = Phrase(scene.first, k - 1)
            scene.found.append(Draft([name], [Phrase(k, k)], [content], Kind.ASSERTION, "headline", 0.6, k))
        return
