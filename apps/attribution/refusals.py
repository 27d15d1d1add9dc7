"""Refusals to speak: "did not comment", "declined to say", "would not be drawn", "could not be verified"."""

from __future__ import annotations

from apps.attribution.complements import content_end, is_break
from apps.attribution.drafts import Draft, Scene
from apps.attribution.phrases import Phrase, VerbGroup
from apps.attribution.types import Kind

ABOUT = frozenset(("on", "about", "regarding"))
COMMENT = frozenset(("comment", "interview", "interviews", "requests"))


def read_passive_refusal(scene: Scene, group: VerbGroup, floor: int) -> Draft | None:
    """ "The reports could not be verified": nobody confirms what they say. "He would not be drawn on X"."""
    subject = scene.reader.subject(group, floor)
    if subject is None:
        return None
    word, cue = scene.reader.low[group.verb], Phrase(group.first, group.verb)
    if word == "drawn":
        return _refusal(scene, [subject], cue, group.verb)
    perfect = any(scene.reader.low[k] == "been" for k in range(group.first, group.verb))
    if word not in scene.lex.no_comment["passive"] or not (group.modal or perfect):
        return None
    return Draft([], [cue], [subject], Kind.NO_COMMENT, "no comment", 0.6, group.verb)


def read_negated(scene: Scene, group: VerbGroup, subject: Phrase) -> Draft | None:
    """ "did not comment", "would not confirm": a refusal to speak. Other negated cues say nothing of what was said."""
    lemmas = {cue.lemma for cue in group.cues} | {scene.reader.low[group.verb]}
    if lemmas.isdisjoint(scene.lex.no_comment["verbs"]):
        return None
    verb = group.verb
    if verb + 2 <= scene.last and scene.reader.low[verb + 1] == "nor" and scene.reader.low[verb + 2] in scene.lex.verbs:
        verb += 2
    return _refusal(scene, [subject], Phrase(group.first, verb), verb)


def read_refused(scene: Scene, group: VerbGroup, subject: Phrase) -> Draft | None:
    """ "declined to comment on X", "was unable to confirm X", "could not establish where": a refusal by its infinitive.

    None where what was refused is no speech ("refused to leave").
    """
    start = group.verb + 1
    if _declines_comment(scene, start):
        return _refusal(scene, [subject], Phrase(group.first, group.verb), group.verb)
    if start >= scene.last or scene.reader.low[start] != "to":
        return None
    verb = next((k for k in range(start + 1, min(start + 4, scene.last + 1)) if not scene.reader.is_adverb(k)), start)
    if scene.reader.low[verb] not in scene.lex.no_comment["objects"]:
        return None
    draft = _refusal(scene, [subject], Phrase(group.first, group.verb), verb)
    draft.content = [Phrase(start, max(verb, draft.content[-1].last))]
    return draft


def _declines_comment(scene: Scene, start: int) -> bool:
    """ "refused all comment", "declined an interview"."""
    near = range(start, min(start + 3, scene.last + 1))
    return any(scene.reader.low[k] in COMMENT for k in near)


def _refusal(scene: Scene, source: list[Phrase], cue: Phrase, verb: int) -> Draft:
    """A refusal to speak: its content is the matter, or the cue itself where nothing follows."""
    start = verb + 1
    end = content_end(scene, start, verb) if start <= scene.last else verb
    content = Phrase(start, end) if start <= end and not is_break(scene, start) else cue
    return Draft(source, [cue], [content], Kind.NO_COMMENT, "no comment", 0.7, verb)


def read_silences(scene: Scene) -> None:
    """ "There was no comment from X"; "it was not immediately clear what": refusals without a verb of saying."""
    reader = scene.reader
    for k in range(scene.first + 1, scene.last + 1):
        if scene.in_quote(k):
            continue
        if reader.low[k] == "unclear" and _asks(scene, k + 1):
            content = Phrase(k + 1, content_end(scene, k + 1))
            scene.found.append(Draft([], [Phrase(k, k)], [content], Kind.NO_COMMENT, "no comment", 0.5, k))
            continue
        no = next((m for m in range(k - 1, max(scene.first, k - 3) - 1, -1) if reader.low[m] in ("no", "not")), None)
        if no is None:
            continue
        if reader.word_is(k, "responses") and reader.low[no] == "no" and reader.word_is(no - 1, "giving"):
            source = reader.own_subject(no - 1) or reader.noun_phrase_before(no - 2, scene.first)
            if source is not None and source.last < no - 1:
                cue = Phrase(no - 1, k)
                scene.found.append(Draft([source], [cue], [cue], Kind.NO_COMMENT, "no comment", 0.7, k))
        elif reader.word_is(k, "responses") and reader.low[no] == "no" and reader.low[k + 1 : k + 2] == ["from"]:
            source = reader.noun_phrase_after(k + 2, scene.last)
            if source is not None:
                scene.found.append(_silence(scene, source, Phrase(no, k)))
        elif reader.low[k] in ("clear", "known") and reader.low[no] == "not" and reader.word_is(k + 1, "question"):
            content = Phrase(k + 1, content_end(scene, k + 1))
            scene.found.append(Draft([], [Phrase(no, k)], [content], Kind.NO_COMMENT, "no comment", 0.5, k))


def _asks(scene: Scene, start: int) -> bool:
    """Whether a question begins soon: "unclear at the time of writing whether"."""
    near = range(start, min(start + 8, scene.last + 1))
    return any(scene.reader.word_is(k, "question") for k in near)


def _silence(scene: Scene, source: Phrase, cue: Phrase) -> Draft:
    """ "no comment from the embassy on the raid": the matter, where it is named, is the content."""
    last = next((k - 1 for k in range(source.first + 1, source.last + 1) if scene.reader.low[k] in ABOUT), source.last)
    matter = (
        Phrase(last + 1, content_end(scene, last + 1))
        if last < scene.last and scene.reader.low[last + 1] in ABOUT
        else cue
    )
    return Draft([Phrase(source.first, last)], [cue], [matter], Kind.NO_COMMENT, "no comment", 0.7, cue.last)
