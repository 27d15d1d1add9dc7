"""Verbal cues, sentence by sentence: finds each verb that reports, and asks the patterns which of them it is."""

from __future__ import annotations

from dataclasses import replace

from apps.attribution.complements import content_end, content_start, is_break, is_verbal, target
from apps.attribution.cues import BASE, GERUND
from apps.attribution.drafts import Draft, Scene
from apps.attribution.passives import read_passive
from apps.attribution.phrases import Phrase, VerbGroup
from apps.attribution.postposed import read_inverted, read_postposed
from apps.attribution.refusals import read_negated, read_refused
from apps.attribution.subjects import quoted_source, shared_subject, source_of_participle
from apps.attribution.types import Kind

JOINTS = frozenset(("but", "and", "while", "although", "though", "whereas"))
PARTICIPLE_OPENERS = frozenset((",", "and", "while", "by", "in", "–", "—", "--"))
RELATIVE = frozenset(("which", "whom", "where", "who"))
TEMPORAL = frozenset(("after", "before", "upon", "since", "when", "while", "by", "on"))
SUBORDINATE = frozenset(("as", "while", "when", "although", "though", "after", "before", "if", "since", "because"))


def read_clauses(scene: Scene) -> None:
    """Add a draft to ``scene.found`` for every verbal cue of the sentence."""
    floor = scene.first
    for k in range(scene.first, scene.last + 1):
        if scene.reader.low[k] not in scene.lex.verbs or scene.in_quote(k):
            continue
        group = scene.reader.verb_group(k, floor)
        if group is None:
            continue
        draft = _read(scene, group, floor)
        if draft is not None:
            _close_earlier(scene, draft)
            scene.found.append(draft)
            floor = k + 1
            if scene.reader.word_is(floor, "relative") and scene.reader.low[floor] == "that":
                floor += 1


def _close_earlier(scene: Scene, draft: Draft) -> None:
    """ "X said A, but Y said B": end A where the clause of Y begins; "X called for A, Y said": end A before Y."""
    if not draft.source or not scene.found:
        return
    part, start = scene.found[-1].content[-1], draft.source[0].first
    if draft.pattern in ("postposed", "inverted"):
        if part.first < draft.content[0].last < part.last:
            scene.found[-1].content[-1] = Phrase(part.first, draft.content[0].last)
        return
    if draft.pattern not in ("preposed", "no comment"):
        return
    if not part.first < start <= part.last or scene.found[-1].verb > part.first:
        return
    comma, joint = scene.reader.low[start - 2 : start] if start >= 2 else ("", "")
    if joint in JOINTS:
        end = start - 3 if comma == "," else start - 2
        if part.first <= end:
            scene.found[-1].content[-1] = Phrase(part.first, end)


def _read(scene: Scene, group: VerbGroup, floor: int) -> Draft | None:
    reader = scene.reader
    if group.passive:
        return read_passive(scene, group, floor)
    if group.tense == GERUND:
        return _participial(scene, group, floor)
    if group.left > scene.first and reader.low[group.left] == "having":
        return _having(scene, group)
    if reader.is_purpose(group.verb):
        return _purposive(scene, group)
    if not _is_reporting_form(scene, group):
        return None
    own = reader.own_subject(group.verb)
    if own is not None and own.first > group.verb and (draft := read_inverted(scene, group, floor)) is not None:
        return draft
    subject = reader.subject(group, floor)
    if subject is None and group.left > scene.first and reader.low[group.left] == ",":
        subject = reader.subject(group, scene.first)
    joined = group.left >= scene.first and reader.low[group.left] in ("and", "but", "then")
    if (subject is None and joined) or (_is_joint(scene, group.left) and _goes_on(scene, group, subject)):
        inverted = read_inverted(scene, group, floor) if not joined else None
        return inverted or _coordinated(scene, group)
    if subject is None:
        return read_inverted(scene, group, floor)
    return _after_subject(scene, group, subject, floor)


def _after_subject(scene: Scene, group: VerbGroup, subject: Phrase, floor: int) -> Draft | None:
    """A finite cue with a subject right before it."""
    if scene.reader.word_is(subject.last, "own_voice") and subject.first == subject.last:
        return None
    if group.negated or scene.reader.word_is(subject.first, "nobodies"):
        return read_negated(scene, group, subject)
    if group.cues[0].kind is Kind.NO_COMMENT:
        return read_refused(scene, group, subject)
    return (
        _answer(scene, group, subject)
        or read_postposed(scene, group, subject, floor)
        or _preposed(scene, group, subject)
    )


def _having(scene: Scene, group: VerbGroup) -> Draft | None:
    """ "Y quoted X as having said", "after having denied": never "having" itself."""
    before = replace(group, left=group.left - 1)
    quoted = scene.reader.low[before.left] == "as"
    source = quoted_source(scene, before) if quoted else scene.reader.shared(group.verb)
    if source is None or source.last >= group.first:
        return None
    return _preposed(scene, group, source)


def _purposive(scene: Scene, group: VerbGroup) -> Draft | None:
    """ "X appeared on television to say that ...": the source is the subject of the main clause."""
    source = scene.reader.shared(group.verb)
    if source is None or source.last > group.first or group.negated or scene.reader.word_is(source.last, "own_voice"):
        return None
    cue = next((cue for cue in group.cues if cue.kind is Kind.ASSERTION and "clause" in cue.takes), None)
    draft = _preposed(scene, group, source) if cue is not None else None
    if draft is not None:
        draft.pattern = "participial"
        draft.confidence -= 0.15
    return draft


def _goes_on(scene: Scene, group: VerbGroup, subject: Phrase | None) -> bool:
    """Whether the parse joins the verb to an earlier one, and no subject with an insertion of its own stands before."""
    if not scene.reader.is_joined(group.verb):
        return False
    return subject is None or "," not in scene.reader.low[subject.first : subject.last]


def _is_joint(scene: Scene, k: int) -> bool:
    """Whether token ``k`` can stand right before a verb that goes on with an earlier clause."""
    return k > scene.first and scene.reader.low[k] in (",", "and", "but", "then", "or")


def _is_reporting_form(scene: Scene, group: VerbGroup) -> bool:
    """A finite verb, a refusal, or one of the few infinitives that report ("went on to say", "would say")."""
    if group.negated:
        return True
    if group.modal:
        if scene.reader.word_is(group.verb, "responding"):
            return False
        goes_on = scene.reader.word_is(group.first, "continuing") or scene.reader.low[group.first] in ("went", "goes")
        return goes_on or scene.reader.low[group.verb - 1] in ("would", "will")
    if group.tense == BASE:
        left = group.left
        return left >= scene.first and (scene.reader.is_word(left) or scene.reader.low[left] == ",")
    return True


def _coordinated(scene: Scene, group: VerbGroup) -> Draft | None:
    """ "X did A and said B": the subject is that of the verb before."""
    subject = shared_subject(scene, group)
    if subject is None:
        return read_inverted(scene, group, scene.first)
    if scene.reader.word_is(subject.last, "own_voice"):
        return None
    if group.negated:
        _shorten_before(scene, group)
        return read_negated(scene, group, subject)
    if group.cues[0].kind is Kind.NO_COMMENT:
        return read_refused(scene, group, subject)
    draft = _preposed(scene, group, subject)
    if draft is not None:
        draft.pattern = "coordinated"
        draft.confidence -= 0.15
        _shorten_before(scene, group)
    return draft


def _answer(scene: Scene, group: VerbGroup, subject: Phrase) -> Draft | None:
    """ "X said A, a claim Y denied": Y's denial has the content of what it answers."""
    reader = scene.reader
    link = subject.first - 1 if reader.low[subject.first - 1] == "which" else subject.first
    speaker = Phrase(subject.first if link < subject.first else subject.first + 2, subject.last)
    if link <= scene.first or reader.low[link - 1] != "," or speaker.first > speaker.last or not scene.found:
        return None
    if reader.low[speaker.first] == "that" and speaker.first < speaker.last:
        speaker = Phrase(speaker.first + 1, speaker.last)
    names_claim = reader.low[link] in ("a", "an") and reader.low[link + 1] in scene.lex.nouns
    ends = is_break(scene, group.verb + 1) or reader.low[group.verb + 1] == "as"
    earlier = scene.found[-1].content[-1]
    if not (names_claim or link < subject.first) or not ends or not earlier.first < link - 1 <= earlier.last + 1:
        return None
    scene.found[-1].content[-1] = Phrase(earlier.first, link - 2)
    return Draft(
        [speaker],
        [Phrase(group.first, group.verb)],
        [Phrase(earlier.first, link - 2)],
        group.cues[0].kind,
        "answer",
        0.75,
        group.verb,
    )


def _shorten_before(scene: Scene, group: VerbGroup) -> None:
    """End the content of the cue before at the "and" that joins this one."""
    for draft in scene.found[-1:]:
        part = draft.content[-1]
        if part.first < group.left <= part.last and draft.verb < part.first:
            end = _before_joint(scene, group.left, part.first)
            draft.content[-1] = Phrase(part.first, max(part.first, end))


def _before_joint(scene: Scene, left: int, floor: int) -> int:
    """The last token before the joint that ends at ``left``: "and", ", and", ", ", "and, within an hour,"."""
    low = scene.reader.low
    if low[left] == "," and left - floor > 2:
        inserted = next((k for k in range(left - 1, max(floor, left - 8), -1) if low[k] == ","), floor)
        if inserted > floor and low[inserted - 1] in JOINTS:
            left = inserted - 1
    end = left - 1
    while end > floor and low[end] in (",", "and", "but"):
        end -= 1
    return end


def _preposed(scene: Scene, group: VerbGroup, subject: Phrase) -> Draft | None:
    """SUBJECT VERB [hearer] [adjuncts] CONTENT."""
    start = group.verb + 1
    if start > scene.last:
        return None
    for cue in group.cues:
        found = content_start(scene, cue, start)
        if found is None:
            continue
        begin = found.start
        while begin <= scene.last and scene.reader.low[begin] in (",", ":"):
            begin += 1
        if begin > scene.last:
            continue
        begin, end = _within_clause(scene, group, subject, begin, content_end(scene, begin, group.verb))
        if end < begin:
            continue
        draft = Draft(
            [subject],
            [Phrase(group.first, found.last_of_cue)],
            [Phrase(begin, end)],
            cue.kind,
            "preposed",
            found.confidence,
            group.verb,
        )
        draft.target = target(scene, cue, begin, end)
        return draft
    return None


def _within_clause(scene: Scene, group: VerbGroup, subject: Phrase, begin: int, end: int) -> tuple[int, int]:
    """Keep the content of a subordinate or relative clause within it.

    "As X told Y, CONTENT": the content follows the clause. "While X denied CONTENT, ..." and "X, who denied CONTENT,
    ...": the content ends with it.
    """
    reader = scene.reader
    opener = reader.low[subject.first - 1] if subject.first > scene.first else ""
    relative = reader.low[subject.last] in ("who", "which") and opener == ","
    if opener in RELATIVE and reader.low[subject.first - 2 : subject.first - 1] == [","]:
        return begin, next(
            (k - 1 for k in range(begin + 1, end) if reader.low[k] == "," and not scene.in_quote(k)), end
        )
    if not relative and opener not in SUBORDINATE:
        return begin, end
    if end > scene.last or (subject.first > scene.first + 6 and not relative):
        return begin, end
    for k in range(begin + 1, end):
        if reader.low[k] == "," and not scene.in_quote(k):
            if relative and not is_verbal(scene, k + 1):
                continue
            return begin, k - 1
    return begin, end


def _participial(scene: Scene, group: VerbGroup, floor: int) -> Draft | None:
    """ ", claiming that ...", "after saying ...", "with X saying ...", "Branding it a crime, X ...": the source is the
    participle's own subject, or that of the clause it hangs on."""
    reader = scene.reader
    progressive = reader.low[group.first] in scene.lex.words["be"] or group.first < group.verb
    if progressive and group.left >= floor:
        as_quoted = reader.low[group.left] == "as"
        subject = quoted_source(scene, group) if as_quoted else reader.subject(group, floor)
        return _preposed(scene, group, subject) if subject is not None else None
    source = _source_of_participle(scene, group)
    if source is None:
        return None
    fronted = group.left < scene.first
    draft = _preposed(scene, group, source)
    if draft is not None:
        draft.pattern = "participial"
        draft.confidence -= 0.05
        if fronted:
            _end_at_comma(scene, draft)
    return draft


def _source_of_participle(scene: Scene, group: VerbGroup) -> Phrase | None:
    reader = scene.reader
    own = reader.own_subject(group.verb)
    if own is not None and own.last < group.verb:
        return own
    if group.left < scene.first:
        return reader.shared(group.verb)
    opener = reader.low[group.left]
    if opener == "as":
        return quoted_source(scene, group)
    if (group.left > scene.first and opener in PARTICIPLE_OPENERS) or scene.in_quote(group.left):
        return source_of_participle(scene, group)
    return reader.shared(group.verb) if opener in TEMPORAL else None


def _end_at_comma(scene: Scene, draft: Draft) -> None:
    """End a content at the comma before its source, which the main clause begins with."""
    part, source = draft.content[-1], draft.source[0]
    if part.first < source.first <= part.last:
        end = source.first - 1
        while end > part.first and scene.reader.low[end] != ",":
            end -= 1
        draft.content[-1] = Phrase(part.first, max(part.first, end - 1))
