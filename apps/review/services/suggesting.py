"""What an extractor makes of a rendition, with its sources looked up among the dossier's names. Writes nothing."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Protocol, runtime_checkable
from zoneinfo import ZoneInfo

from apps.articles.models import Rendition
from apps.attribution.cues import lexicon
from apps.attribution.resolution import Name, Names, Resolution, resolve
from apps.attribution.types import Answer, Attribution, Extractor, Span
from apps.core.days import end_of
from apps.core.names import fold
from apps.review import rules
from apps.review.drafts import AttributionDraft, FigureDraft, SpanDraft
from apps.sources.models import Affiliation, Alias
from apps.sources.selectors import names_to_resolve

MOST_PROPOSED = 2000
"""Proposals that one text gives at most, in the order of the text: nobody reviews more, and pages show them all."""

NAMED_BEFORE = 12
"""Sources named last, that tell which of two ministries "the defence ministry" is, or whose last name a text uses."""


@runtime_checkable
class KnowsLanguages(Protocol):
    """An extractor that needs no lexicon of ours says itself which languages it reads (ISO 639 codes, or ``und``)."""

    def reads(self, language: str) -> bool: ...


@dataclass(frozen=True)
class Suggested:
    """A draft with the source it was resolved to, and the places, in the same list, of its relayer and its answers."""

    draft: AttributionDraft
    source_id: int | None
    alias_id: int | None
    principal_id: int | None
    relayed_by: int | None
    answers: tuple[Answer, ...] = ()


@dataclass(frozen=True)
class Reading:
    """What came of reading a text: what to propose, and how much more was found. Without ``able`` it was not read."""

    language: str
    able: bool = True
    suggested: tuple[Suggested, ...] = ()
    left_out: int = 0


def reads(engine: Extractor, language: str) -> bool:
    """Whether the extractor finds anything in texts of this language at all."""
    if isinstance(engine, KnowsLanguages):
        return engine.reads(language)
    return lexicon(language) is not None


def suggest(rendition: Rendition, *, engine: Extractor, zone: ZoneInfo) -> Reading:
    """Run the engine over a text and resolve its sources among the dossier's names. Three queries.

    May take minutes, so hold no lock. Raises :class:`~apps.attribution.types.ExtractorUnavailable`.
    """
    language = rules.language_of(rendition.language, rendition.text)
    if not reads(engine, language):
        return Reading(language, able=False)
    # An article without a date anchors no "on Monday": the day it came in is not the day it was published.
    published = rendition.published.astimezone(zone).date() if rendition.published else None
    found = engine.extract(rendition.text, published=published, language=language)
    taken = found[:MOST_PROPOSED]
    aliases = names_to_resolve(rendition.dossier_id)
    names = Names(Name(a.source_id, a.name, "preferred" if a.preferred else a.form) for a in aliases)
    speaks_for = dict(
        Affiliation.objects.in_dossier(rendition.dossier_id)
        .current()
        .order_by("known_from", "pk")
        .values_list("source_id", "institution_id")
    )
    until = rendition.said_before(zone)
    by_name = {(alias.source_id, alias.folded): alias for alias in aliases}

    before: deque[str] = deque(maxlen=NAMED_BEFORE)

    def resolved(mention: str, antecedent: str | None) -> Resolution:
        if not mention:
            return Resolution(None, "the text names no source", certain=False)
        found = resolve(mention, names, antecedent=antecedent, context=tuple(before))
        before.appendleft(antecedent or mention)
        return found

    suggested = (
        _suggested(attribution, rendition.text, resolved, by_name, speaks_for, until=until, zone=zone)
        for attribution in taken
    )
    return Reading(language, suggested=_among(tuple(suggested)), left_out=len(found) - len(taken))


def _among(suggested: tuple[Suggested, ...]) -> tuple[Suggested, ...]:
    """Without what points to a statement that is left out."""
    count = len(suggested)
    return tuple(
        Suggested(
            draft=one.draft,
            source_id=one.source_id,
            alias_id=one.alias_id,
            principal_id=one.principal_id,
            relayed_by=one.relayed_by if one.relayed_by is not None and one.relayed_by < count else None,
            answers=tuple(answer for answer in one.answers if answer.index < count),
        )
        for one in suggested
    )


def _suggested(
    attribution: Attribution,
    text: str,
    resolved: Callable[[str, str | None], Resolution],
    by_name: Mapping[tuple[int, str], Alias],
    speaks_for: Mapping[int, int],
    *,
    until: datetime,
    zone: ZoneInfo,
) -> Suggested:
    mention = " ".join(text[span.start : span.end] for span in attribution.source)
    antecedent = attribution.antecedent.surface if attribution.antecedent else None
    resolution = resolved(mention, antecedent)
    alias = by_name.get((resolution.source_id or 0, fold(mention)))
    said_from, said_until = _said(attribution, until=until, zone=zone)
    spans = [
        *_spans(text, "source", attribution.source),
        *_spans(text, "cue", attribution.cue),
        *_spans(text, "content", attribution.content),
    ]
    draft = AttributionDraft(
        spans=tuple(spans),
        kind=attribution.kind.value,
        quotation=attribution.quotation.value,
        said_from=said_from,
        said_until=said_until,
        channel=(attribution.channel or "")[:60],
        figures=_figures(attribution),
        confidence=round(attribution.confidence, 3),
        pattern=attribution.pattern,
        resolution=resolution.reason,
    )
    return Suggested(
        draft=draft,
        source_id=resolution.source_id,
        alias_id=alias.pk if alias else None,
        principal_id=speaks_for.get(resolution.source_id or 0),
        relayed_by=attribution.relayed_by,
        answers=tuple(sorted(attribution.answers, key=lambda answer: -answer.confidence)),
    )


def _figures(attribution: Attribution) -> tuple[FigureDraft, ...]:
    return tuple(
        FigureDraft(f.measure, f.comparator, f.low, f.high, f.of_whom[:160], f.counting, f.part_of)
        for f in attribution.figures
    )


def _spans(text: str, role: str, spans: Sequence[Span]) -> list[SpanDraft]:
    return [SpanDraft.of(text, role=role, begins=span.start, ends=span.end) for span in spans]


def _said(attribution: Attribution, *, until: datetime, zone: ZoneInfo) -> tuple[datetime | None, datetime]:
    """The interval in which it was said: as far as the text tells, and at the latest when it was published.

    The engine's is half open and in local time; ours ends with its last second.
    """
    said = attribution.said
    if said is None:
        return None, until
    if said.begins is None and said.ends is None:
        return (None, until) if said.on is None else (datetime.combine(said.on, time(), zone), end_of(said.on, zone))
    begins = said.begins.replace(tzinfo=zone) if said.begins is not None else None
    ends = said.ends.replace(tzinfo=zone) - timedelta(seconds=1) if said.ends is not None else until
    if begins is not None and begins > min(ends, until):
        return begins, max(begins, ends)  # said after it was published: a person will see that something is wrong
    return begins, min(ends, until)
