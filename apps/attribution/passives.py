"""Passive cues: "it was reported that", "X was accused by Y of Z", "X's claim was rejected by Y"."""

from __future__ import annotations

from apps.attribution.complements import content_end, is_break
from apps.attribution.drafts import Draft, Scene
from apps.attribution.phrases import REACH, Phrase, VerbGroup
from apps.attribution.types import Kind


def read_passive(scene: Scene, group: VerbGroup, floor: int) -> Draft | None:
    """ "It was reported that", "X was accused by Y of Z", "X was described by Y as Z"."""
    reader = scene.reader
    start = group.verb + 1
    if start > scene.last:
        return None
    cue = group.cues[0]
    source: list[Phrase] = []
    if reader.low[start] == "by":
        phrase = reader.noun_phrase_after(start + 1, scene.last)
        if phrase is None or reader.low[start + 1].endswith("ing"):
            return None
        phrase = _cut_at(scene, phrase, ("of", "as", "for") if cue.kind in (Kind.ACCUSATION, Kind.DESIGNATION) else ())
        source = [phrase]
        start = phrase.last + 1
    subject = reader.subject(group, floor)
    span = [Phrase(group.first, group.verb)]
    impersonal = subject is not None and reader.low[subject.first] == "it" and subject.first == subject.last
    if impersonal and start <= scene.last and reader.low[start] == "that":
        return Draft(source, span, [Phrase(start, content_end(scene, start))], cue.kind, "passive", 0.7, group.verb)
    if not source and cue.kind is not Kind.ACCUSATION:
        return None
    if subject is None:
        return None
    if (claim := _claim_before(scene, subject, group)) is not None:
        return Draft(source, span, [claim], cue.kind, "passive", 0.65, group.verb)
    content = [subject]
    if start <= scene.last and not is_break(scene, start):
        content.append(Phrase(start, content_end(scene, start)))
    elif not source:
        return None
    draft = Draft(source, span, content, cue.kind, "passive", 0.6, group.verb)
    if cue.kind is Kind.ACCUSATION:
        draft.target = subject
    return draft


def _claim_before(scene: Scene, subject: Phrase, group: VerbGroup) -> Phrase | None:
    """ "X's claim that A was rejected by Y": what was rejected is A."""
    low = scene.reader.low
    for k in range(subject.first - 1, max(scene.first, subject.first - REACH), -1):
        if low[k] == "that" and low[k - 1] in scene.lex.nouns:
            return Phrase(k, group.first - 1)
    return None


def _cut_at(scene: Scene, phrase: Phrase, words: tuple[str, ...]) -> Phrase:
    for k in range(phrase.first + 1, phrase.last + 1):
        if scene.reader.low[k] in words and (
            scene.reader.low[k] != "of" or (k + 1 <= scene.last and scene.reader.low[k + 1].endswith("ing"))
        ):
            return Phrase(phrase.first, k - 1)
    return phrase
