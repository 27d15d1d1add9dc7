"""From drafts in token numbers to attributions in code points, with everything that goes with each.

Shared by every back-end: whoever found the spans, quotation, relays, antecedents, circumstances and answers are read
off the text in one way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from apps.attribution.answers import answers
from apps.attribution.antecedents import Antecedents
from apps.attribution.circumstances import Circumstances
from apps.attribution.cues import Lexicon
from apps.attribution.drafts import Draft
from apps.attribution.phrases import Phrase, Reader
from apps.attribution.segmentation import LONGEST_SENTENCE, Document
from apps.attribution.types import Answer, Attribution, Kind, Quotation, Span

DIRECT_SHARE = 0.9
MOST_ANSWERS = 4
EDGES = frozenset(",;:")


def _span(doc: Document, part: Phrase) -> Span:
    return Span(doc.starts[part.first], doc.ends[part.last])


def _content_spans(doc: Document, draft: Draft) -> tuple[Span, ...]:
    spans = []
    for part in draft.content:
        first, last = part.first, part.last
        while last > first and doc.words[last] in EDGES:
            last -= 1
        while first < last and doc.words[first] in EDGES:
            first += 1
        spans.append(_span(doc, Phrase(first, last)))
    return tuple(sorted(spans, key=lambda s: s.start))


def _quotation(doc: Document, draft: Draft) -> Quotation:
    counts = [doc.count_words(part.first, part.last) for part in draft.content]
    words, quoted = sum(n for n, _ in counts), sum(n for _, n in counts)
    if quoted and quoted >= DIRECT_SHARE * words:
        return Quotation.DIRECT
    return Quotation.MIXED if quoted else Quotation.INDIRECT


def finish(
    doc: Document, lex: Lexicon, reader: Reader, drafts: list[Draft], published: date | None
) -> list[Attribution]:
    drafts = sorted(drafts, key=lambda d: (min(d.content[0].first, d.cue[0].first), d.verb))
    circumstances = Circumstances(doc, lex, published)
    antecedents = Antecedents(doc, reader, drafts)
    # What a denial's cue denies, its speaker does not state: "denied that 40 were killed" is nobody's figure of 40.
    denied = {id(draft) for draft in drafts if draft.kind is Kind.DENIAL}
    _carry_denials(doc, lex, drafts, antecedents)
    relays = _relays(drafts)
    out = []
    for n, draft in enumerate(drafts):
        content = _content_spans(doc, draft)
        out.append(
            Attribution(
                source=tuple(_span(doc, part) for part in draft.source),
                cue=tuple(_span(doc, part) for part in draft.cue),
                content=content,
                kind=draft.kind,
                quotation=_quotation(doc, draft),
                confidence=round(max(0.05, min(0.99, draft.confidence)), 2),
                pattern=draft.pattern,
                relayed_by=relays.get(n),
                target=_span(doc, draft.target) if draft.target is not None else None,
                channel=circumstances.channel(draft),
                said=circumstances.said(draft),
                figures=() if id(draft) in denied else circumstances.figures(content),
                antecedent=antecedents.of(n),
            )
        )
    named, links = _named_by_denials(out), answers(doc, lex, out)
    return [_answering(out, n, (*named.get(n, ()), *links[n])[:MOST_ANSWERS]) for n in range(len(out))]


def _named_by_denials(found: Sequence[Attribution]) -> dict[int, tuple[Answer, ...]]:
    """Of each denial that itself names the claim it denies, that claim: "X denied Y's claim that Z" answers Y."""
    out: dict[int, tuple[Answer, ...]] = {}
    for m, claim in enumerate(found):
        denial = found[claim.relayed_by] if claim.relayed_by is not None else None
        if denial is None or denial.kind is not Kind.DENIAL or claim.kind is Kind.DENIAL:
            continue
        if claim.source and claim.source != denial.source and claim.relayed_by not in out:
            assert claim.relayed_by is not None
            out[claim.relayed_by] = (Answer(m, "it is the very claim that is denied", 0.95),)
    return out


def _answering(found: Sequence[Attribution], n: int, links: tuple[Answer, ...]) -> Attribution:
    """The attribution with what it answers. Plain words that reject what somebody else has said are a denial; whom it
    rejects is its target."""
    one = found[n]
    if not links:
        return one
    kind = Kind.DENIAL if one.kind is Kind.ASSERTION else one.kind
    answered = found[links[0].index].source
    return replace(one, answers=links, kind=kind, target=one.target or (answered[0] if answered else None))


def _carry_denials(doc: Document, lex: Lexicon, drafts: list[Draft], antecedents: Antecedents) -> None:
    """A negative quotation right after a denial, by the same speaker, goes on denying: "X denied that A. “We did not
    do it,” he said." """
    for n in range(1, len(drafts)):
        before, draft = drafts[n - 1], drafts[n]
        if before.kind is not Kind.DENIAL or draft.kind is not Kind.ASSERTION or not (before.source and draft.source):
            continue
        if _quotation(doc, draft) is not Quotation.DIRECT or _speaker(doc, drafts, antecedents, n - 1) != _speaker(
            doc, drafts, antecedents, n
        ):
            continue
        part = draft.content[0]
        words = doc.low[part.first : min(part.last, part.first + LONGEST_SENTENCE) + 1]
        if not lex.words["refusing"].isdisjoint(words):
            draft.kind = Kind.DENIAL
            draft.confidence -= 0.1


def _speaker(doc: Document, drafts: list[Draft], antecedents: Antecedents, n: int) -> Span:
    found = antecedents.of(n)
    return found.span if found is not None else _span(doc, drafts[n].source[0])


def _relays(drafts: list[Draft]) -> dict[int, int]:
    """For each draft that stands wholly inside another's content (source, cue and all): the closest such other."""
    out: dict[int, int] = {}
    open_: list[tuple[int, int]] = []
    for n, draft in enumerate(drafts):
        parts = draft.source + draft.cue + draft.content
        first, last = min(p.first for p in parts), max(p.last for p in parts)
        while open_ and open_[-1][0] < first:
            open_.pop()
        for end, m in reversed(open_[-6:]):
            other = drafts[m]
            if (
                last <= end
                and other.source
                and any(p.first <= first <= p.last for p in other.content[:6])
                and any(p.first <= last <= p.last for p in other.content[:6])
                and draft.verb != other.verb
            ):
                out[n] = m
                break
        end = draft.content[-1].last
        open_.append((end, n))
        open_.sort(key=lambda entry: (-entry[0], entry[1]))
        del open_[12:]
    return out
