"""Quotations that no cue of their own sentence accounts for, and lead-ins with a colon."""

from __future__ import annotations

from bisect import bisect_right

from apps.attribution.drafts import Draft, Scene
from apps.attribution.phrases import REACH, Phrase
from apps.attribution.segmentation import Document, Sentence
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
            break
        content = Phrase(k + 1, scene.quote_end(scene.last))
        scene.found.append(Draft([source], [Phrase(k, k)], [content], Kind.ASSERTION, "colon", 0.6, k))
        return
    if not scene.found:
        _read_clause_before_colon(scene)


def _read_clause_before_colon(scene: Scene) -> None:
    """SUBJECT VERB ...: QUOTATION, whatever the verb: "The governor had a blunt message for both: “Leave.”"."""
    reader = scene.reader
    for k in range(scene.first + 2, scene.last):
        if reader.low[k] != ":" or not scene.opens_quote(k + 1):
            continue
        for verb in range(scene.first + 1, k):
            finite = reader.tag_of(verb) in ("VBD", "VBZ", "VBP")
            source = (reader.own_subject(verb) or reader.shared(verb)) if finite else None
            if source is None or source.last >= verb or reader.word_is(source.last, "own_voice"):
                continue
            if not _may_speak(scene, source):
                return
            content = Phrase(k + 1, scene.quote_end(k + 1))
            scene.found.append(Draft([source], [Phrase(verb, k)], [content], Kind.ASSERTION, "colon", 0.55, verb))
            return
        return


def _may_speak(scene: Scene, source: Phrase) -> bool:
    """Whether a phrase names somebody: a pronoun for a person, a title, an institution, a name."""
    reader = scene.reader
    if reader.low[source.first] in ("he", "she", "they"):
        return True
    return any(
        reader.word_is(k, "titles")
        or reader.word_is(k, "institutions")
        or reader.word_is(k, "plural_sources")
        or (reader.doc.words[k][0].isupper() and k > scene.first)
        for k in range(source.first, source.last + 1)
    )


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
    first = doc.quotes[doc.quote_of[numbers[0]]].first
    if host is None or _comes_between(doc, host, first):
        return
    content = Phrase(first, scene.quote_end(numbers[-1]))
    if content.first > host.content[-1].last:
        host.content.append(content)


def _comes_between(doc: Document, host: Draft, quote: int) -> bool:
    """Whether a sentence that names somebody stands between a host's words and a quotation that begins at ``quote``;
    somebody else may speak there: "“A,” said X. Y nodded. “B.”"."""
    last = max(host.verb, host.content[-1].last)
    if doc.paragraph[last] != doc.paragraph[quote]:
        return False
    between = doc.sentences[_sentence_number(doc, last) : _sentence_number(doc, quote) - 1]
    return any(_names_somebody(doc, sentence) for sentence in between)


def _names_somebody(doc: Document, sentence: Sentence) -> bool:
    """Whether a sentence may bring in another speaker: a capital within it, or a person's pronoun at its head."""
    inside = range(sentence.first + 1, sentence.last + 1)
    return doc.low[sentence.first] in ("he", "she") or any(doc.words[k][0].isupper() for k in inside)


def _sentence_number(doc: Document, k: int) -> int:
    return bisect_right(doc.sentences, k, key=lambda sentence: sentence.first)


def _runs_on(doc: Document, scene: Scene) -> bool:
    """Whether the quotation goes on in the next sentence, where its speaker may be named."""
    n = doc.quote_of[scene.sentence.last]
    return n >= 0 and doc.quotes[n].last > scene.sentence.last and doc.quotes[n].closed


def _host(doc: Document, drafts: list[Draft], scene: Scene) -> Draft | None:
    """Who spoke last: of the cues of one sentence the one with a quotation, else the last."""
    paragraph = doc.paragraph[scene.first]
    fits = [d for d in drafts[-4:] if d.pattern != "relayed" and (d.pattern != "according to" or _is_quoted(doc, d))]
    if not fits:
        return None
    last = fits[-1]
    near = [d for d in fits if d.verb >= last.verb - REACH and doc.paragraph[d.verb] == doc.paragraph[last.verb]]
    draft = next((d for d in reversed(near) if _is_quoted(doc, d)), last)
    distance = paragraph - doc.paragraph[max(draft.verb, draft.content[-1].last)]
    begins = scene.opens_quote(scene.first) and (scene.first == 0 or doc.paragraph[scene.first - 1] != paragraph)
    if distance == 0 or (distance == 1 and (_left_open(doc, draft) or begins)):
        return draft
    return None


def _is_quoted(doc: Document, draft: Draft) -> bool:
    part = draft.content[-1]
    return doc.quote_of[part.first] >= 0 or doc.quote_of[part.last] >= 0


def _left_open(doc: Document, draft: Draft) -> bool:
    n = doc.quote_of[draft.content[-1].last]
    return n >= 0 and not doc.quotes[n].closed
