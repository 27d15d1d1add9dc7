"""Contents that stand before their cue: "..., X said", "..., said X", "A, X said, B"."""

from __future__ import annotations

from apps.attribution.complements import (
    after_adjuncts,
    clause_cue,
    content_end,
    is_break,
    is_verbal,
    names_hearer,
    skip_hearer,
    starts_adjunct,
)
from apps.attribution.cues import Cue
from apps.attribution.drafts import Draft, Scene
from apps.attribution.phrases import DASHES, Phrase, VerbGroup


def read_postposed(scene: Scene, group: VerbGroup, subject: Phrase | None, floor: int) -> Draft | None:
    """CONTENT, SUBJECT VERB [adjuncts]: the content comes first."""
    if subject is None or subject.first <= floor or scene.reader.word_is(subject.last, "relative"):
        return None
    reader = scene.reader
    mark = subject.first - 1
    quoted = scene.in_quote(mark)
    if reader.low[mark] == '"' and not quoted and mark > floor and reader.low[mark - 1] in (",", "!", "?"):
        mark -= 1
    if not (reader.low[mark] == "," or quoted or scene.doc.words[mark] in DASHES):
        return None
    cue = clause_cue(group) or next((cue for cue in group.cues if "that" in cue.takes), None)
    if cue is None and not quoted:
        return None
    after = _after_cue(scene, group, cue, quoted)
    if after is None or (not quoted and _opens_a_sentence(scene, after)):
        return None
    end = mark - 1 if reader.low[mark] == "," or scene.doc.words[mark] in DASHES else mark
    start = _content_start(scene, floor, end, quoted)
    tail = _tail(scene, after)
    if end < start or (end == start and tail is None):
        return None
    if quoted and tail is not None and not scene.in_quote(tail.first):
        tail = None
    content = [Phrase(start, end)]
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


def _opens_a_sentence(scene: Scene, k: int) -> bool:
    """Whether ``k`` is the comma before a quotation that begins with a capital: "when asked, he said, “No.”"."""
    if not (k < scene.last and scene.reader.low[k] == "," and scene.opens_quote(k + 1)):
        return False
    return scene.doc.words[min(k + 2, scene.last)][0].isupper()


def _stands_alone(scene: Scene, quote: int) -> bool:
    """Whether a quotation inside a sentence is one of its own, led in by a mark: "... in court: “No,” he said"."""
    if quote <= scene.first:
        return False
    led_in = scene.reader.low[quote - 1] in (":", ",") or scene.doc.words[quote - 1] in DASHES
    return led_in and scene.doc.words[min(quote + 1, scene.last)][0].isupper()


def _after_cue(scene: Scene, group: VerbGroup, cue: Cue | None, quoted: bool) -> int | None:
    """The token after the cue and its hearer, or None if what follows is a content of its own."""
    after = group.verb + 1
    if (cue is not None and "hearer" in cue.takes) or names_hearer(scene, after):
        after = skip_hearer(scene, after)
    if is_break(scene, after) or (quoted and scene.reader.low[after].endswith("ing")):
        return after
    if not starts_adjunct(scene, after) or scene.reader.word_is(after, "question"):
        return None
    opener, explicit = after_adjuncts(scene, after)
    if explicit:
        return after if quoted and scene.reader.low[opener] != ":" else None
    if opener <= scene.last and not is_break(scene, opener) and not quoted:
        return None
    return after


def _content_start(scene: Scene, floor: int, end: int, quoted: bool) -> int:
    """Where a content that ends at ``end`` starts: with its quotation, past the words of who spoke before in the
    sentence, or with the sentence."""
    if quoted and _stands_alone(scene, quote := scene.quote_start(end)):
        return quote
    start = scene.first
    earlier = scene.found[-1] if scene.found else None
    if earlier is not None and earlier.verb < floor <= end and earlier.content[-1].last < earlier.verb:
        spoken = max([earlier.verb, *(part.last for part in earlier.source)])
        start = _after_joint(scene, spoken + 1, end)
    return min(start, scene.quote_start(end)) if quoted else start


def _after_joint(scene: Scene, k: int, end: int) -> int:
    """Past what parts one speaker's words from the next one's: "A, X said, but B, Y said"."""
    while k < end and scene.reader.low[k] in (",", "but", "and", "while", ";"):
        k += 1
    return k


def _tail(scene: Scene, after: int) -> Phrase | None:
    """What goes on after an inserted "X said,": the rest of the sentence, if it is no new cue and no adjunct."""
    reader = scene.reader
    k = after
    while k <= scene.last and k - after < 20 and reader.low[k] not in (",", ";") and not scene.opens_quote(k):
        k += 1
    if k <= scene.last and reader.low[k] == ";":
        return None
    if k > scene.last - 1 or k - after >= 20:
        return None
    if k in scene.breaks:
        return None
    if reader.low[k] == ",":
        k += 1
    if k < scene.last and reader.low[k].endswith("ly") and reader.low[k + 1].endswith("ing"):
        return None
    if k > scene.last or reader.low[k] in (
        "formerly",
        "according",
        "citing",
        "as",
        "while",
        "after",
        "when",
        "who",
        "but",
        "and",
    ):
        return None
    if scene.opens_quote(k):
        return Phrase(k, _last_mark(scene, k))
    if k - after == 1 and reader.low[k - 1] == "," and scene.last - k > 1:
        return Phrase(k, content_end(scene, k))
    return None


def _last_mark(scene: Scene, k: int) -> int:
    """The end of the last quotation of the sentence that follows the one at ``k`` with a few words between."""
    end = scene.quote_end(k)
    for m in range(end + 1, scene.quote_end(content_end(scene, k)) + 1):
        if scene.opens_quote(m) and m - end < 4:
            end = scene.quote_end(m)
    return end


def read_inverted(scene: Scene, group: VerbGroup, floor: int) -> Draft | None:
    """CONTENT, VERB SUBJECT."""
    reader = scene.reader
    mark = group.first - 1
    if mark <= scene.first or group.negated:
        return None
    quoted = scene.in_quote(mark)
    cue = clause_cue(group) or (next((c for c in group.cues if "quotation" in c.takes), None) if quoted else None)
    parsed = reader.own_subject(group.verb)
    inverted = cue is not None and ("inverted" in cue.takes or (parsed is not None and parsed.first == group.verb + 1))
    if cue is None or "hearer" in cue.takes or not (quoted or (reader.low[mark] == "," and inverted)):
        return None
    source = reader.noun_phrase_after(group.verb + 1, scene.last)
    if source is None or reader.word_is(source.first, "prepositions") or reader.word_is(source.first, "time"):
        return None
    if parsed is not None and parsed.first == source.first and source.last < parsed.last <= scene.last:
        source = parsed
    if source.last < scene.last and is_verbal(scene, source.last + 1):
        return None
    lower = scene.doc.words[source.first][0].islower()
    known = (
        (parsed is not None and parsed.first == source.first)
        or reader.word_is(source.first, "determiners")
        or reader.word_is(source.last, "plural_sources")
        or reader.word_is(source.first, "plural_sources")
        or reader.word_is(source.first, "titles")
        or reader.word_is(source.first, "subject_pronouns")
    )
    if (lower and not known and not quoted and not scene.sentence.heading) or reader.low[source.first] in (
        "that",
        "it",
    ):
        return None
    end = mark - 1 if reader.low[mark] == "," else mark
    start = _content_start(scene, floor, end, quoted)
    if end <= start:
        return None
    content = [Phrase(start, end)]
    tail = _tail(scene, source.last + 1)
    if tail is not None and (not quoted or scene.in_quote(tail.first)):
        content.append(tail)
    return Draft([source], [Phrase(group.first, group.verb)], content, cue.kind, "inverted", 0.85, group.verb)
