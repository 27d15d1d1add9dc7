"""Sources that do not stand right before their cue: shared with an earlier verb, or of the main clause."""

from __future__ import annotations

from apps.attribution.drafts import Scene
from apps.attribution.phrases import REACH, Phrase, VerbGroup


def shared_subject(scene: Scene, group: VerbGroup) -> Phrase | None:
    """The subject of an earlier verb that this one is joined to by "and": "which deployed ... and urged"."""
    reader = scene.reader
    for draft in reversed(scene.found):
        if draft.source and draft.source[0].last < group.first and draft.pattern != "relative":
            return draft.source[0] if draft.source[0].last < draft.verb else None
    parsed = reader.shared(group.verb) if reader.is_joined(group.verb) else None
    if parsed is not None and parsed.last < group.first and not _is_reported(scene, parsed):
        return parsed
    for k in range(group.left - 1, max(scene.first, group.left - REACH) - 1, -1):
        if reader.low[k] in ("who", "which") and k > scene.first and not scene.in_quote(k):
            return Phrase(k, k)
        if reader.low[k] in ("that", ";", ":"):
            return None
    return reader.shared(group.verb) or first_subject(scene, group.left)


def _is_reported(scene: Scene, subject: Phrase) -> bool:
    """Whether a cue stands before a subject, so that the cue's speaker, not that subject, may be meant."""
    return any(scene.reader.low[k] in scene.lex.verbs for k in range(scene.first, subject.first))


def first_subject(scene: Scene, ceiling: int) -> Phrase | None:
    """The noun phrase the sentence starts with, up to its first verb."""
    reader = scene.reader
    i = scene.first
    while i < ceiling and (reader.word_is(i, "leading") or reader.is_adverb(i) or reader.low[i] == ","):
        i += 1
    if reader.word_is(i, "prepositions"):
        while i < ceiling and reader.low[i] != "," and i - scene.first < 12:
            i += 1
        i += 1
    for k in range(i, min(ceiling, i + REACH)):
        word = reader.low[k]
        verbal = (reader.word_is(k, "auxiliaries") and word != "'s") or (
            k > i and word.endswith("ed") and word.isalpha()
        )
        if verbal and k > i and not reader.word_is(k - 1, "determiners"):
            return reader.noun_phrase_before(k - 1, i)
    return None


def source_of_participle(scene: Scene, group: VerbGroup) -> Phrase | None:
    """The source of the cue before in the sentence, else the subject of the clause the participle hangs on."""
    for draft in reversed(scene.found):
        if draft.source and draft.cue[0].first < group.first:
            return draft.source[0]
    subject = scene.reader.shared(group.verb) or first_subject(scene, group.left)
    if subject is not None and subject.last - subject.first < 14:
        return subject
    return None


def quoted_source(scene: Scene, group: VerbGroup) -> Phrase | None:
    """Who is quoted in "Y quoted X as saying" and "X was quoted by Y as saying"."""
    reader = scene.reader
    for k in range(group.left - 1, max(scene.first, group.left - REACH) - 1, -1):
        if reader.low[k] not in ("quoted", "quotes", "quote", "quoting", "cited", "cites", "citing"):
            continue
        if reader.word_is(k - 1, "be"):
            return reader.own_subject(k) or reader.noun_phrase_before(k - 2, scene.first)
        phrase = Phrase(k + 1, group.left - 1)
        return phrase if phrase.first <= phrase.last else None
    return None
