"""Speakers of a quotation whose verb no lexicon knows, or who are named in a sentence of their own after it.

"“Choose!” bellowed the mayor." and "“Can we win?” Anna Holt asked." need no cue verb: what stands right beside a
quotation and is only a subject and a verb says whose it is.
"""

from __future__ import annotations

from apps.attribution.complements import is_break, starts_adjunct
from apps.attribution.drafts import Draft, Scene
from apps.attribution.phrases import Phrase
from apps.attribution.types import Kind

LONGEST_CLAUSE = 14
FINITE = frozenset(("VBD", "VBZ", "VBP"))


def read_beside_quotation(scene: Scene) -> None:
    """QUOTATION SUBJECT VERB or QUOTATION VERB SUBJECT within a sentence in which no cue was found."""
    doc = scene.doc
    for k in range(scene.first + 2, scene.last):
        n = doc.quote_of[k]
        if n < 0 or n == scene.inside or doc.quotes[n].last != k or not doc.quotes[n].closed:
            continue
        if scene.reader.low[k - 1] not in (",", "?", "!") or scene.in_quote(k + 1):
            continue
        found = _speaker(scene, k + 1)
        if found is not None:
            source, verb, kind = found
            content = Phrase(doc.quotes[n].first, k)
            scene.found.append(Draft([source], [Phrase(verb, verb)], [content], kind, "beside quotation", 0.7, verb))
        return


def bare_speaker(scene: Scene) -> tuple[Phrase, int, Kind] | None:
    """Source, verb and kind of a sentence that only says who spoke: "Anna Holt asked.", "said the mayor of Kessel." """
    return _speaker(scene, scene.first) if not scene.in_quote(scene.first) else None


def _speaker(scene: Scene, start: int) -> tuple[Phrase, int, Kind] | None:
    reader = scene.reader
    for verb in range(start, min(start + LONGEST_CLAUSE, scene.last + 1)):
        if reader.tag_of(verb) not in FINITE:
            continue
        source = reader.own_subject(verb)
        if source is None and verb == start:
            source = reader.noun_phrase_after(verb + 1, scene.last)  # a parse may take it for an object
        if source is None or reader.word_is(source.last, "own_voice") or scene.in_quote(source.first):
            return None
        if source.last == verb - 1 and source.first == start:
            after = verb + 1
        elif verb == start and source.first == verb + 1:
            after = source.last + 1
        else:
            return None
        form = scene.lex.verbs.get(reader.low[verb])
        ends = is_break(scene, after) or (form is not None and starts_adjunct(scene, after))
        kind = form.cues[0].kind if form is not None else Kind.ASSERTION
        return (source, verb, kind) if ends and kind is not Kind.NO_COMMENT else None
    return None
