"""Cues that are no finite verb: "according to X", "Yerevan's allegations that", "reports by X that", "X: ...", tables
of refusals ("declined to comment"), and the like."""

from __future__ import annotations

from bisect import bisect_right

from apps.attribution.complements import content_end, counts_something
from apps.attribution.drafts import Draft, Scene
from apps.attribution.phrases import REACH, Phrase
from apps.attribution.types import Kind

LONGEST_INSERTION = 16
CARRIED = frozenset(("that", "over", "about", "at", "for", "to", "of", "against", "in", "with"))


def read_leads(scene: Scene) -> None:
    """ "According to X, CONTENT" and "CONTENT, according to X"."""
    reader = scene.reader
    for k in range(scene.first, scene.last):
        if scene.in_quote(k):
            continue
        for words, kind in scene.lex.leads:
            if reader.low[k] == words[0] and tuple(reader.low[k : k + len(words)]) == words:
                draft = _lead(scene, k, k + len(words), kind)
                if draft is not None:
                    scene.found.append(draft)


def _lead(scene: Scene, first: int, start: int, kind: Kind) -> Draft | None:
    reader = scene.reader
    source = reader.noun_phrase_after(start, scene.last)
    if source is None or reader.low[source.first] == reader.low[first]:
        return None
    if first - scene.first < 3:
        source = _without_main_clause(scene, source)
    content = _content_of_lead(scene, first, source)
    if not content:
        return None
    return Draft([source], [Phrase(first, start - 1)], content, kind, "according to", 0.88, first)


def _content_of_lead(scene: Scene, first: int, source: Phrase) -> list[Phrase]:
    """What stands before "according to X", after it, or, where commas enclose it, on both sides."""
    low = scene.reader.low
    before = first - 1
    if before > scene.first and low[before] == ",":
        before -= 1
    after = source.last + 1
    if after < scene.last and low[after] == ",":
        after += 1
    if before - scene.first >= (1 if low[first - 1] == "," else 2):
        enclosed = after - source.last == 2 and low[first - 1] == "," and not _adjunct(scene, after)
        if enclosed and any(draft.verb < before for draft in scene.found):
            return [Phrase(after, max(after, _comma_after(scene, after) - 2))]
        if enclosed:
            return [Phrase(scene.first, before), Phrase(after, scene.quote_end(scene.last))]
        return [Phrase(min(scene.first, scene.quote_start(before)), before)]
    if after <= scene.last and source.last + 1 == after and _adjunct_before_comma(scene, after):
        after = _comma_after(scene, after)
    return [Phrase(after, scene.quote_end(scene.last))] if after <= scene.last else []


def _without_main_clause(scene: Scene, source: Phrase) -> Phrase:
    """The source of a fronted "According to X, ...": what looks like an appositive is the content, unless a second
    comma closes it. Without any comma the source ends before the first article or number."""
    reader = scene.reader
    commas = [k for k in range(source.first, source.last + 1) if reader.low[k] == ","]
    if len(commas) > 1:
        return Phrase(source.first, commas[-1] - 1)
    if commas and not (source.last < scene.last and reader.low[source.last + 1] == ","):
        return Phrase(source.first, commas[0] - 1)
    if commas or (source.last < scene.last and reader.low[source.last + 1] == ","):
        return source
    for k in range(source.first + 1, source.last + 1):
        number = reader.doc.words[k][0].isdigit() or reader.low[k] in ("over", "about", "some", "at", "more")
        article = reader.word_is(k, "determiners") and not reader.word_is(k - 1, "prepositions")
        if (number or article) and not reader.word_is(k - 1, "determiners"):
            return Phrase(source.first, k - 1)
    return source


def _adjunct(scene: Scene, k: int) -> bool:
    return scene.reader.low[k] in ("which", "who", "while", "as", "after", "and", "but", "a", "an")


def _adjunct_before_comma(scene: Scene, k: int) -> bool:
    reader = scene.reader
    if counts_something(scene, k):
        return False
    return (
        reader.word_is(k, "prepositions") or reader.word_is(k, "time") or reader.low[k] in ("who", "which", "published")
    )


def _comma_after(scene: Scene, k: int) -> int:
    for m in range(k, min(k + 20, scene.last)):
        if scene.reader.low[m] == ",":
            return m + 1
    return scene.last + 1


def read_nouns(scene: Scene) -> None:
    """ "Yerevan's allegations that ...", "claims by the ministry that ...", "its denial of ..."."""
    reader = scene.reader
    for k in range(scene.first, scene.last):
        kind = scene.lex.nouns.get(reader.low[k])
        if kind is None or any(d.verb == k for d in scene.found):
            continue
        if scene.in_quote(k) and reader.low[k + 1] != "that":
            continue
        draft = _nominal(scene, k, kind)
        if draft is not None:
            scene.found.append(draft)


def _nominal(scene: Scene, k: int, kind: Kind) -> Draft | None:
    reader = scene.reader
    source = _possessor(scene, k)
    start = k + 1
    if source is not None:
        start = _past_insertion(scene, start, kind)
    if source is None and reader.low[start] in ("by", "from"):
        source = _by_whom(scene, start + 1)
        if source is not None:
            start = _past_insertion(scene, source.last + 1, kind)
    if source is None and (carried := _carried(scene, k, kind)) is not None:
        return carried
    if source is None or start >= scene.last or not _opens_content(reader.low[start], kind):
        return None
    if reader.word_is(source.first, "possessives") and _repeats_own(scene, source.first, kind):
        return None
    end = _clause_end(scene, start, k)
    if scene.in_quote(k):
        end = min(end, scene.quote_end(k) - 1)
    if end <= start:
        return None
    confidence = 0.75 if reader.low[start] == "that" else 0.5
    return Draft([source], [Phrase(k, k)], [Phrase(start, end)], kind, "nominal", confidence, k)


def _carried(scene: Scene, k: int, kind: Kind) -> Draft | None:
    """ "X expressed concern over", "the two traded accusations over": a verb that only carries the noun."""
    reader = scene.reader
    verb = next((m for m in range(k - 1, max(scene.first, k - 4), -1) if reader.word_is(m, "supporting")), None)
    if verb is None or k + 1 >= scene.last or reader.low[k + 1] not in CARRIED:
        return None
    source = reader.own_subject(verb) or reader.shared(verb)
    if source is None or source.last >= verb or reader.word_is(source.last, "own_voice"):
        return None
    end = scene.reader.goes_on(verb, k + 1)
    last = min(content_end(scene, k + 1), end - 1) if end is not None else content_end(scene, k + 1)
    if last <= k + 1:
        return None
    return Draft([source], [Phrase(verb, k)], [Phrase(k + 1, last)], kind, "nominal", 0.6, k)


def _by_whom(scene: Scene, start: int) -> Phrase | None:
    """The noun phrase after "by", up to the "of", "for" or "that" that opens the content."""
    phrase = scene.reader.noun_phrase_after(start, scene.last)
    if phrase is None:
        return None
    cut = next((k for k in range(phrase.first + 1, phrase.last + 1) if scene.reader.low[k] in ("of", "for")), None)
    known = cut is not None and any(scene.reader.word_is(k, "plural_sources") for k in range(phrase.first, cut))
    return Phrase(phrase.first, cut - 1) if cut is not None and known else phrase


def _past_insertion(scene: Scene, k: int, kind: Kind) -> int:
    """The token at which the content opens, past what is said of the source between commas or of the day."""
    low = scene.reader.low
    if k < scene.last and (low[k] == "," or scene.reader.word_is(k, "time")):
        for m in range(k + 1, min(k + LONGEST_INSERTION, scene.last)):
            if low[m] == "that" and (low[m - 1] == "," or scene.reader.word_is(m - 1, "time")):
                return m
    return k


def _opens_content(word: str, kind: Kind) -> bool:
    if word == "that":
        return True
    if word == "of":
        return kind in (Kind.DENIAL, Kind.ACCUSATION, Kind.ACKNOWLEDGEMENT, Kind.DESIGNATION)
    return kind is Kind.APPEAL and word in ("for", "to")


def _repeats_own(scene: Scene, first: int, kind: Kind) -> bool:
    """ "X withdrew its claim that", "X repeated her denial that": one attribution, of X, whose cue is the verb.

    A verb that merely repeats takes the kind of what it repeats.
    """
    for draft in scene.found:
        if draft.content[0].first == first and draft.verb == draft.cue[0].last and draft.verb == first - 1:
            if draft.kind is Kind.ASSERTION:
                draft.kind = kind
            return True
    return False


def _possessor(scene: Scene, k: int) -> Phrase | None:
    """The one whose claim it is: "Yerevan 's", "its", "the ministers ’"; adjectives may stand between."""
    reader = scene.reader
    for i in range(k - 1, max(scene.first, k - 4) - 1, -1):
        word = reader.low[i]
        if word in reader.lex.words["possessives"]:
            return Phrase(i, i)
        if word in ("'s", "'"):
            return reader.noun_phrase_before(i - 1, scene.first) if i > scene.first else None
        if not reader.is_word(i) or reader.word_is(i, "prepositions") or reader.word_is(i, "determiners"):
            return None
    return None


def _clause_end(scene: Scene, start: int, noun: int) -> int:
    """End of the clause a noun governs: before a main clause that follows it, else the end of the sentence.

    In a fronted phrase ("Amid X's claims that A, Y said B") that is the comma before the next subject with a cue; in
    the subject ("X's claim that A changed B") the clause runs to a closing dash or comma, or to the sentence's end.
    """
    later = [d for d in scene.found if d.verb > noun and d.source and d.source[0].first > start + 1]
    parsed = scene.reader.clause_of_noun(noun)
    ends = [parsed.last] if parsed is not None and parsed.first == start and parsed.last + 1 < scene.last else []
    ends += [d.source[0].first - 1 for d in later if d.pattern == "preposed"]
    ends += [d.cue[0].first - 1 for d in later if d.pattern == "passive" and d.content[0].first == start]
    end = min(ends, default=scene.last)
    if ends:
        while end > start and scene.reader.low[end] in (",", "but", "and"):
            end -= 1
        return end
    n = bisect_right(scene.breaks, start)
    if n < len(scene.breaks):
        end = min(end, scene.breaks[n] - 1)
    if noun - scene.first < 7 and (main := _main_verb(scene, start, end)) is not None:
        return main - 1
    for m in range(start + 3, end):
        if scene.doc.words[m] in ("–", "—", "--", ";") or (scene.reader.low[m] == "," and not scene.in_quote(m)):
            return m - 1
    return scene.quote_end(end)


def _main_verb(scene: Scene, start: int, end: int) -> int | None:
    """The verb a claim in the subject is said of: "X's claim that A fell | could not be verified"."""
    reader = scene.reader
    groups: list[int] = []
    for k in range(start + 1, min(end, start + REACH) + 1):
        finite = reader.word_is(k, "auxiliaries") and reader.low[k] != "'s"
        finite = finite or (reader.low[k].endswith("ed") and not reader.word_is(k - 1, "determiners"))
        verbal_before = reader.word_is(k - 1, "auxiliaries") or reader.word_is(k - 1, "negations")
        if finite and not verbal_before and not reader.is_adverb(k - 1):
            groups.append(k)
    least = 2 if reader.low[start] == "that" else 1
    if len(groups) < least or reader.word_is(groups[-1] - 1, "subordinators") or reader.low[groups[-1] - 1] == ",":
        return None
    return groups[-1]
