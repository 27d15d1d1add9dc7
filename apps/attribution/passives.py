"""Passive cues: "it was reported that", "X was accused by Y of Z", "X's claim was rejected by Y"."""

from __future__ import annotations

from apps.attribution.complements import content_end, is_break
from apps.attribution.cues import Cue
from apps.attribution.drafts import Draft, Scene
from apps.attribution.phrases import REACH, Phrase, VerbGroup
from apps.attribution.refusals import read_passive_refusal
from apps.attribution.types import Kind


def read_passive(scene: Scene, group: VerbGroup, floor: int) -> Draft | None:
    """ "It was reported that", "X was accused by Y of Z", "X was described by Y as Z"."""
    if group.negated and (refused := read_passive_refusal(scene, group, floor)) is not None:
        return refused
    if group.verb + 1 > scene.last:
        return None
    cue = next((cue for cue in group.cues if not cue.phrase and cue.kind is not Kind.NO_COMMENT), None)
    if cue is None:
        return None
    agent = _agent_after(scene, group, cue)
    if agent is None and scene.reader.low[group.verb + 1] == "by":
        return None
    return _with_agent(scene, group, cue, agent, floor)


def _agent_after(scene: Scene, group: VerbGroup, cue: Cue) -> Phrase | None:
    """By whom, right after the verb or after an adjunct: "was accused on Monday by X of Y"."""
    if scene.reader.low[group.verb + 1] == "by":
        return _agent(scene, cue, group.verb + 2)
    agent = scene.reader.agent_of(group.verb)
    if agent is None or agent.first - group.verb > 12 or agent.last > scene.last:
        return None
    return _agent(scene, cue, agent.first)


def _with_agent(scene: Scene, group: VerbGroup, cue: Cue, agent: Phrase | None, floor: int) -> Draft | None:
    source, start = ([agent], agent.last + 1) if agent is not None else ([], group.verb + 1)
    subject = scene.reader.subject(group, floor)
    if subject is None or not (source or cue.kind is Kind.ACCUSATION or _is_impersonal(scene, subject, group)):
        return None
    span = [Phrase(group.first, group.verb)]
    if _is_it(scene, subject):
        start = scene.reader.clause_of(group.verb) or start
        if start > scene.last or scene.reader.low[start] != "that":
            return None
        return Draft(source, span, [Phrase(start, content_end(scene, start))], cue.kind, "passive", 0.7, group.verb)
    if (claim := _claim_before(scene, subject, group)) is not None:
        return Draft(source, span, [claim], cue.kind, "passive", 0.65, group.verb)
    content = [subject]
    if start <= scene.last and not is_break(scene, start):
        content.append(Phrase(start, content_end(scene, start)))
    elif not source:
        return None
    accused = subject if cue.kind is Kind.ACCUSATION else None
    return Draft(source, span, content, cue.kind, "passive", 0.6, group.verb, accused)


def _is_impersonal(scene: Scene, subject: Phrase, group: VerbGroup) -> bool:
    """ "It was reported that", "X is said to have": nobody is named who says it."""
    if _is_it(scene, subject):
        return True
    reports = any("clause" in cue.takes or "that" in cue.takes for cue in group.cues)
    return reports and scene.reader.low[group.verb + 1] == "to" and group.cues[0].kind is Kind.ASSERTION


def _is_it(scene: Scene, subject: Phrase) -> bool:
    return subject.first == subject.last and scene.reader.low[subject.first] == "it"


def _agent(scene: Scene, cue: Cue, start: int) -> Phrase | None:
    """The one by whom: up to the "of" or "as" that goes with the cue."""
    phrase = scene.reader.noun_phrase_after(start, scene.last)
    if phrase is None or scene.reader.low[start].endswith("ing"):
        return None
    return _cut_at(scene, phrase, ("of", "as", "for") if cue.kind in (Kind.ACCUSATION, Kind.DESIGNATION) else ())


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
