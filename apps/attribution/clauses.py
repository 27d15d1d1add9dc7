"""Verbal cues: "X said that", "..., X said", "..., said X", "X accused Y of", "..., claiming that", "X denies"."""

from __future__ import annotations

from bisect import bisect_right

from apps.attribution.cues import BASE, GERUND, Cue
from apps.attribution.drafts import Draft, Scene
from apps.attribution.phrases import DASHES, REACH, Phrase, VerbGroup
from apps.attribution.types import Kind

SUBORDINATE = frozenset(("as", "while", "when", "although", "though", "after", "before", "if", "since", "because"))
CLAUSE_OPENERS = frozenset(("that", "whether", "how", "why", "what", "if"))


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
    """"X said A, but Y said B": end A where the clause of Y begins."""
    if not draft.source or not scene.found or draft.pattern not in ("preposed", "no comment"):
        return
    part, start = scene.found[-1].content[-1], draft.source[0].first
    if not part.first < start <= part.last or scene.found[-1].verb > part.first:
        return
    joined = scene.reader.low[max(0, start - 2) : start]
    if joined in ([",", "but"], [",", "and"], [",", "while"], [",", "although"], [",", "though"], [",", "whereas"]):
        if part.first < start - 2:
            scene.found[-1].content[-1] = Phrase(part.first, start - 3)


def _read(scene: Scene, group: VerbGroup, floor: int) -> Draft | None:
    if group.passive:
        return _passive(scene, group, floor)
    if group.tense == GERUND:
        return _participial(scene, group, floor)
    if group.tense == BASE and not group.modal and group.negated is False and not _is_finite_base(scene, group):
        return None
    if group.modal and not group.negated and not _is_infinitive_report(scene, group):
        return None
    subject = scene.reader.subject(group, floor)
    shared = False
    if subject is None and group.left >= scene.first and scene.reader.low[group.left] in ("and", "but", "then"):
        subject = _shared_subject(scene, group)
        shared = subject is not None
    if subject is not None and scene.reader.word_is(subject.last, "own_voice") and subject.first == subject.last:
        return None
    if subject is not None and group.negated:
        return _negated(scene, group, subject)
    postposed = _postposed(scene, group, subject, floor) if not shared else None
    if postposed is not None:
        return postposed
    if subject is None:
        return _inverted(scene, group, floor)
    draft = _preposed(scene, group, subject)
    if draft is None and not shared and scene.reader.low[group.left] not in scene.lex.words["subject_pronouns"]:
        return None
    if draft is not None and shared:
        draft.pattern = "coordinated"
        draft.confidence -= 0.15
        _shorten_before(scene, group)
    return draft


def _is_finite_base(scene: Scene, group: VerbGroup) -> bool:
    left = group.left
    return left >= scene.first and (scene.reader.is_word(left) or scene.reader.low[left] == ",")


def _is_infinitive_report(scene: Scene, group: VerbGroup) -> bool:
    """ "went on to say", "would say": counted; "wants to say", "could report": not."""
    return scene.reader.low[group.verb - 1] in ("would", "will") or scene.reader.low[group.left] == "on"


def _shared_subject(scene: Scene, group: VerbGroup) -> Phrase | None:
    """The subject of an earlier verb that this one is joined to by "and": "which deployed ... and urged"."""
    for draft in reversed(scene.found):
        if draft.source and draft.source[0].last < group.first and draft.pattern != "relative":
            return draft.source[0] if draft.source[0].last < draft.verb else None
    reader = scene.reader
    for k in range(group.left - 1, max(scene.first, group.left - REACH) - 1, -1):
        if reader.low[k] in ("who", "which") and k > scene.first and not scene.in_quote(k):
            return Phrase(k, k)
        if reader.low[k] in ("that", ";", ":"):
            return None
    return _first_subject(scene, group.left)


def _first_subject(scene: Scene, ceiling: int) -> Phrase | None:
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
        verbal = reader.word_is(k, "auxiliaries") and word != "'s" or k > i and word.endswith("ed") and word.isalpha()
        if verbal and k > i and not reader.word_is(k - 1, "determiners"):
            return reader.noun_phrase_before(k - 1, i)
    return None


def _shorten_before(scene: Scene, group: VerbGroup) -> None:
    """End the content of the cue before at the "and" that joins this one."""
    for draft in scene.found[-1:]:
        part = draft.content[-1]
        if part.first < group.left <= part.last and draft.verb < part.first:
            draft.content[-1] = Phrase(part.first, max(part.first, group.left - 1))


def _content_end(scene: Scene, start: int) -> int:
    """Where a content that starts at ``start`` ends: at the next reporting participle or with the sentence."""
    n = bisect_right(scene.breaks, start + 1)
    end = scene.breaks[n] - 1 if n < len(scene.breaks) else scene.last
    return scene.quote_end(end)


def _is_break(scene: Scene, k: int) -> bool:
    return k > scene.last or scene.reader.low[k] in (",", ".", ";", "?", "!", ")") or scene.doc.words[k] in DASHES


def _starts_adjunct(scene: Scene, k: int) -> bool:
    reader = scene.reader
    return (
        reader.word_is(k, "prepositions")
        or reader.word_is(k, "time")
        or reader.is_adverb(k)
        or reader.word_is(k, "weekdays")
        or reader.low[k] in ("when", "while", "because", "where", "but", "and")
    )


def _after_adjuncts(scene: Scene, start: int) -> tuple[int, bool]:
    """Where the content may start after "on Tuesday in a statement to reporters"; whether something explicit opens it."""
    reader = scene.reader
    k = start
    while k <= scene.last and k - start < 24:
        word = reader.low[k]
        if scene.opens_quote(k) or word == ":":
            return k, True
        if word == "that" and not reader.word_is(k - 1, "prepositions"):
            return k, True
        if word == "," and not (k + 1 <= scene.last and scene.opens_quote(k + 1)):
            if not _closes_insertion(scene, k):
                return k, False
        if k > start and not reader.word_is(k - 1, "prepositions") and _starts_clause(scene, k, start):
            return k, False
        k += 1
    return k, False


def _closes_insertion(scene: Scene, comma: int) -> bool:
    """ "said, according to the agency, that": an insertion between commas before a that-clause."""
    return any(scene.reader.low[k] == "that" for k in range(comma + 1, min(comma + 4, scene.last + 1)))


def _starts_clause(scene: Scene, k: int, start: int) -> bool:
    """Whether a clause without "that" seems to start at ``k``, after an adjunct."""
    reader = scene.reader
    word, before = reader.low[k], reader.low[k - 1]
    if word in reader.lex.words["subject_pronouns"]:
        return True
    if before in reader.lex.words["time"] and word not in reader.lex.words["time"]:
        return not reader.word_is(k, "prepositions") and reader.is_word(k) and not reader.is_adverb(k)
    determined = word in reader.lex.words["determiners"] and before not in reader.lex.words["determiners"]
    return determined and reader.is_word(k - 1) and k - start >= 2 and not reader.word_is(k - 1, "subordinators")


def _postposed(scene: Scene, group: VerbGroup, subject: Phrase | None, floor: int) -> Draft | None:
    """CONTENT, SUBJECT VERB [adjuncts]: the content comes first."""
    if subject is None or subject.first <= floor:
        return None
    reader = scene.reader
    mark = subject.first - 1
    quoted = scene.in_quote(mark)
    if not (reader.low[mark] == "," or quoted or scene.doc.words[mark] in DASHES):
        return None
    cue = _clause_cue(group)
    if cue is None and not quoted:
        return None
    after = group.verb + 1
    if cue is not None and "hearer" in cue.takes or _names_hearer(scene, after):
        after = _skip_hearer(scene, after)
    if not _is_break(scene, after):
        if not _starts_adjunct(scene, after) or reader.word_is(after, "question"):
            return None
        opener, explicit = _after_adjuncts(scene, after)
        if explicit and (not quoted or reader.low[opener] == ":"):
            return None
        if not explicit and opener <= scene.last and not _is_break(scene, opener) and not quoted:
            return None
    end = mark - 1 if reader.low[mark] == "," or scene.doc.words[mark] in DASHES else mark
    start = scene.quote_start(end) if quoted else scene.first
    start = min(start, _clause_start(scene, floor, end))
    if end - start < 1 or end < start:
        return None
    content = [Phrase(start, end)]
    tail = _tail(scene, after)
    if tail is not None:
        content.append(tail)
    return Draft(
        [subject],
        [Phrase(group.first, group.verb)],
        content,
        (cue or group.cues[0]).kind,
        "postposed",
        0.9 if quoted else 0.85,
        group.verb,
    )


def _clause_start(scene: Scene, floor: int, end: int) -> int:
    if floor > scene.first and floor < end:
        earlier = scene.found[-1] if scene.found else None
        if earlier is not None and earlier.verb < floor and earlier.content[-1].last < end:
            return earlier.content[-1].last + 1
        if earlier is not None and earlier.verb < floor and earlier.content[0].first > earlier.verb:
            return scene.first
    return scene.first


def _tail(scene: Scene, after: int) -> Phrase | None:
    """What goes on after an inserted "X said,": the rest of the sentence, if it is no new cue and no adjunct."""
    reader = scene.reader
    k = after
    while k <= scene.last and k - after < 20 and reader.low[k] != "," and not scene.opens_quote(k):
        k += 1
    if k > scene.last - 1 or k - after >= 20:
        return None
    if k in scene.breaks:
        return None
    if reader.low[k] == ",":
        k += 1
    if k > scene.last or reader.low[k] in ("formerly", "according", "citing", "as", "while", "after", "when", "who"):
        return None
    if scene.opens_quote(k):
        return Phrase(k, scene.quote_end(_content_end(scene, k)))
    if k - after == 1 and reader.low[k - 1] == ",":
        return Phrase(k, _content_end(scene, k))
    return None


def _clause_cue(group: VerbGroup) -> Cue | None:
    return next((cue for cue in group.cues if "clause" in cue.takes), None)


def _names_hearer(scene: Scene, k: int) -> bool:
    return scene.reader.word_is(k, "hearers")


def _skip_hearer(scene: Scene, start: int) -> int:
    """The token after the hearer: "told reporters", "told the Interfax agency", "informed him"."""
    reader = scene.reader
    if start > scene.last or reader.low[start] in CLAUSE_OPENERS or scene.opens_quote(start):
        return start
    if reader.low[start] in ("me", "us", "him", "them", "her") or reader.word_is(start, "hearers"):
        return start + 1
    phrase = reader.noun_phrase_after(start, min(scene.last, start + 10))
    return phrase.last + 1 if phrase is not None else start


def _inverted(scene: Scene, group: VerbGroup, floor: int) -> Draft | None:
    """CONTENT, VERB SUBJECT."""
    reader = scene.reader
    mark = group.first - 1
    if mark <= scene.first or group.negated:
        return None
    quoted = scene.in_quote(mark)
    cue = _clause_cue(group)
    if cue is None or "hearer" in cue.takes or not (quoted or reader.low[mark] == "," and "inverted" in cue.takes):
        return None
    source = reader.noun_phrase_after(group.verb + 1, scene.last)
    if source is None or reader.word_is(source.first, "prepositions") or reader.word_is(source.first, "time"):
        return None
    lower = scene.doc.words[source.first][0].islower()
    known = (
        reader.word_is(source.first, "determiners")
        or reader.word_is(source.last, "plural_sources")
        or reader.word_is(source.first, "titles")
        or reader.word_is(source.first, "subject_pronouns")
    )
    if lower and not known or reader.low[source.first] == "that":
        return None
    end = mark - 1 if reader.low[mark] == "," else mark
    start = min(scene.quote_start(end) if quoted else scene.first, _clause_start(scene, floor, end))
    if end <= start:
        return None
    content = [Phrase(start, end)]
    tail = _tail(scene, source.last + 1)
    if tail is not None:
        content.append(tail)
    return Draft([source], [Phrase(group.first, group.verb)], content, cue.kind, "inverted", 0.85, group.verb)


def _preposed(scene: Scene, group: VerbGroup, subject: Phrase) -> Draft | None:
    """SUBJECT VERB [hearer] [adjuncts] CONTENT."""
    start = group.verb + 1
    if start > scene.last:
        return None
    for cue in group.cues:
        found = _content_start(scene, cue, start)
        if found is None:
            continue
        begin, last_of_cue, confidence = found
        while begin <= scene.last and scene.reader.low[begin] in (",", ":"):
            begin += 1
        if begin > scene.last:
            continue
        begin, end = _within_clause(scene, group, subject, begin, _content_end(scene, begin))
        if end < begin:
            continue
        draft = Draft(
            [subject],
            [Phrase(group.first, last_of_cue)],
            [Phrase(begin, end)],
            cue.kind,
            "preposed",
            confidence,
            group.verb,
        )
        if cue.kind in (Kind.ACCUSATION, Kind.APPEAL) and "noun" in cue.takes or cue.phrase:
            draft.target = _target(scene, begin, end)
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
    if not relative and opener not in SUBORDINATE:
        return begin, end
    if end > scene.last or subject.first > scene.first + 6 and not relative:
        return begin, end
    for k in range(begin + 1, end):
        if reader.low[k] == "," and not scene.in_quote(k):
            if relative and not (reader.word_is(k + 1, "auxiliaries") or reader.low[k + 1].endswith("ed")):
                continue
            return begin, k - 1
    return begin, end


def _target(scene: Scene, begin: int, end: int) -> Phrase | None:
    """Who is accused or called upon: the noun phrase right after the cue."""
    phrase = scene.reader.noun_phrase_after(begin, min(end, begin + 14))
    if phrase is None or phrase.first > phrase.last:
        return None
    for k in range(phrase.first + 1, phrase.last + 1):
        if scene.reader.low[k] in ("of", "for", "to", "over") and (
            scene.reader.low[k + 1 : k + 2] == ["having"]
            or k + 1 <= scene.last
            and scene.reader.low[k + 1].endswith("ing")
        ):
            return Phrase(phrase.first, k - 1)
    return phrase


def _content_start(scene: Scene, cue: Cue, start: int) -> tuple[int, int, float] | None:
    """(first token of the content, last token of the cue, confidence), or None if the complement does not fit."""
    reader = scene.reader
    word = reader.low[start]
    last_of_cue = start - 1
    if cue.phrase or cue.particles and not cue.needs:
        if word in cue.particles and start + 1 <= scene.last:
            return start + 1, start, 0.8
        if cue.phrase:
            return None
    if scene.opens_quote(start) or word == ":":
        return (start, last_of_cue, 0.92) if "naming" not in cue.takes else (start, last_of_cue, 0.6)
    if "hearer" in cue.takes or _names_hearer(scene, start):
        after = _skip_hearer(scene, start)
        if after != start and after <= scene.last:
            found = _content_start_after_hearer(scene, after)
            if found is not None:
                return found, last_of_cue, 0.88
        if reader.low[start] not in CLAUSE_OPENERS and "noun" not in cue.takes:
            return None
    if "that" in cue.takes:
        return (start, last_of_cue, 0.7) if word == "that" else None
    if word in CLAUSE_OPENERS and "clause" in cue.takes:
        return start, last_of_cue, 0.92 if word == "that" else 0.75
    if word == "to":
        return (start, last_of_cue, 0.7) if "to" in cue.takes else None
    if word == "," and start + 1 <= scene.last and scene.opens_quote(start + 1):
        return start + 1, last_of_cue, 0.92
    if _is_break(scene, start):
        return None
    if "naming" in cue.takes:
        return (start, last_of_cue, 0.55) if _names_something(scene, start) else None
    if cue.needs:
        return (start, last_of_cue, 0.85) if _has_particle(scene, cue, start) else None
    if cue.objects:
        return (start, last_of_cue, 0.8) if _mentions(scene, cue.objects, start, 8) else None
    if _starts_adjunct(scene, start):
        if "clause" not in cue.takes:
            return None
        opener, explicit = _after_adjuncts(scene, start)
        if explicit:
            return opener, last_of_cue, 0.88
        if opener <= scene.last and not _is_break(scene, opener) and opener - start < 20:
            return opener, last_of_cue, 0.7
        return None
    if cue.takes.isdisjoint(("noun", "clause")):
        return None
    return start, last_of_cue, 0.8 if "clause" in cue.takes else 0.6


def _content_start_after_hearer(scene: Scene, after: int) -> int | None:
    reader = scene.reader
    if scene.opens_quote(after) or reader.low[after] in CLAUSE_OPENERS or reader.low[after] in (":", "to"):
        return after
    if reader.low[after] == ",":
        return after + 1 if after + 1 <= scene.last and scene.opens_quote(after + 1) else None
    if reader.low[after] in ("of", "about"):
        return after
    if _starts_adjunct(scene, after):
        opener, explicit = _after_adjuncts(scene, after)
        if explicit or opener <= scene.last and not _is_break(scene, opener):
            return opener
        return None
    return None if _is_break(scene, after) else after


def _names_something(scene: Scene, start: int) -> bool:
    """ "called it a provocation", "described the strikes as": a noun phrase and a predicate."""
    if _mentions(scene, frozenset(("as",)), start, 16):
        return True
    span = range(start, min(start + 12, scene.last + 1))
    return any(scene.opens_quote(k) or k > start and scene.reader.low[k] in ("a", "an") for k in span)


def _has_particle(scene: Scene, cue: Cue, start: int) -> bool:
    return _mentions(scene, cue.particles, start + 1, 24) or scene.sentence.heading


def _mentions(scene: Scene, words: frozenset[str], start: int, reach: int) -> bool:
    return any(scene.reader.low[k] in words for k in range(start, min(start + reach, scene.last + 1)))


def _participial(scene: Scene, group: VerbGroup, floor: int) -> Draft | None:
    """ ", claiming that ...": the source is the subject of the clause it hangs on."""
    reader = scene.reader
    progressive = reader.low[group.first] in scene.lex.words["be"] or group.first < group.verb
    if progressive and group.left >= floor:
        subject = reader.subject(group, floor)
        return _preposed(scene, group, subject) if subject is not None else None
    if group.left <= scene.first or reader.low[group.left] not in (",", "and", "while", "by", "in", "–", "—", "--"):
        if group.left >= scene.first and not scene.in_quote(group.left):
            return None
    source = _source_of_participle(scene, group)
    if source is None:
        return None
    draft = _preposed(scene, group, source)
    if draft is not None:
        draft.pattern = "participial"
        draft.confidence -= 0.05
    return draft


def _source_of_participle(scene: Scene, group: VerbGroup) -> Phrase | None:
    for draft in reversed(scene.found):
        if draft.source and draft.cue[0].first < group.first:
            return draft.source[0]
    subject = _first_subject(scene, group.left)
    if subject is not None and subject.last - subject.first < 14:
        return subject
    return None


def _passive(scene: Scene, group: VerbGroup, floor: int) -> Draft | None:
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
        return Draft(source, span, [Phrase(start, _content_end(scene, start))], cue.kind, "passive", 0.7, group.verb)
    if not source and cue.kind is not Kind.ACCUSATION:
        return None
    if subject is None:
        return None
    content = [subject]
    if start <= scene.last and not _is_break(scene, start):
        content.append(Phrase(start, _content_end(scene, start)))
    elif not source:
        return None
    draft = Draft(source, span, content, cue.kind, "passive", 0.6, group.verb)
    if cue.kind is Kind.ACCUSATION:
        draft.target = subject
    return draft


def _cut_at(scene: Scene, phrase: Phrase, words: tuple[str, ...]) -> Phrase:
    for k in range(phrase.first + 1, phrase.last + 1):
        if scene.reader.low[k] in words and (
            scene.reader.low[k] != "of" or k + 1 <= scene.last and scene.reader.low[k + 1].endswith("ing")
        ):
            return Phrase(phrase.first, k - 1)
    return phrase


def _negated(scene: Scene, group: VerbGroup, subject: Phrase) -> Draft | None:
    """ "did not comment", "would not confirm": a refusal to speak; other negated cues keep their complement."""
    reader = scene.reader
    word = reader.low[group.verb]
    if word in scene.lex.no_comment["verbs"]:
        start = group.verb + 1
        end = _content_end(scene, start) if start <= scene.last else group.verb
        content = [Phrase(start, end)] if start <= end else [Phrase(group.verb, group.verb)]
        return Draft(
            [subject], [Phrase(group.first, group.verb)], content, Kind.NO_COMMENT, "no comment", 0.7, group.verb
        )
    draft = _preposed(scene, group, subject)
    if draft is not None:
        draft.confidence -= 0.2
    return draft
