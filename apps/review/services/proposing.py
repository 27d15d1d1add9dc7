"""What the machine suggests of a rendition: statements with exact spans, and copies of those known already."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, time
from functools import cache
from zoneinfo import ZoneInfo

from django.db import transaction

from apps.articles.models import Intake, Lineage, Rendition
from apps.articles.services.leases import Claimed, defer, finishing
from apps.attribution.engine import extractor as make_extractor
from apps.attribution.resolution import Name, Resolution, resolve
from apps.attribution.types import Attribution, Extractor, Span
from apps.core.days import end_of
from apps.core.names import fold
from apps.review.drafts import AttributionDraft, FigureDraft, SpanDraft
from apps.review.services.storing import Suggested, store
from apps.sources.models import Affiliation, Alias
from apps.sources.selectors import names_to_resolve

WAIT_SECONDS = 1.0
DEFAULT = "rules"


def propose(*, claimed: Claimed, at: datetime, extractor: str = DEFAULT) -> bool:
    """Read the rendition of an article on its way and store what is found; ``False`` if it has to wait its turn.

    A copy waits until the articles that carried its text before have been read, so that what it repeats is found.
    """
    rendition = claimed.intake.rendition
    assert rendition is not None
    earlier = _earlier_carriers(rendition)
    if _on_their_way(earlier):
        defer(claimed, seconds=WAIT_SECONDS)
        return False
    engine = make_extractor(extractor)
    found = suggest(rendition, engine=engine, zone=claimed.intake.dossier.zone)
    with finishing(claimed, then=None) as row:
        row.proposed = store(rendition, found, engine=engine, earlier=earlier, at=at)
    return True


@transaction.atomic
def propose_again(*, rendition: Rendition, extractor: str, at: datetime) -> int:
    """Read a text again with another extractor or a newer version; how many statements it finds.

    What an older one proposed and nobody has touched is replaced; what anybody decided on stays. Raises
    :class:`~apps.attribution.engine.UnknownExtractor`.
    """
    engine = make_extractor(extractor)
    found = suggest(rendition, engine=engine, zone=rendition.dossier.zone)
    return store(rendition, found, engine=engine, earlier=_earlier_carriers(rendition), at=at)


def _earlier_carriers(rendition: Rendition) -> list[int]:
    """Articles of the same origin whose text we drew before this one's. Ids."""
    lineage = Lineage.objects.current().filter(article_id=rendition.article_id).first()
    if lineage is None:
        return []
    same = Lineage.objects.current().filter(origin_id=lineage.origin_id).exclude(article_id=rendition.article_id)
    return list(
        Rendition.objects.filter(article__in=same.values("article_id"), pk__lt=rendition.pk)
        .values_list("article_id", flat=True)
        .distinct()
    )


def _on_their_way(article_ids: Sequence[int]) -> bool:
    return Intake.objects.on_its_way().filter(article__in=article_ids, step=Intake.Step.PROPOSE).exists()


def suggest(rendition: Rendition, *, engine: Extractor, zone: ZoneInfo) -> list[Suggested]:
    """Run the engine over a text and resolve its sources among the dossier's names. Writes nothing."""
    published = rendition.published or rendition.known_from
    local = published.astimezone(zone)
    language = (rendition.language or "en").split("-")[0]
    found = engine.extract(rendition.text, published=local.date(), language=language)
    aliases = names_to_resolve(rendition.dossier_id)
    names = [Name(a.source_id, a.name, "preferred" if a.preferred else a.form) for a in aliases]
    speaks_for = dict(
        Affiliation.objects.in_dossier(rendition.dossier_id)
        .current()
        .order_by("known_from", "pk")
        .values_list("source_id", "institution_id")
    )
    until = rendition.said_before(zone)
    by_name = {(alias.source_id, alias.folded): alias for alias in aliases}

    @cache  # a text names the same few again and again
    def resolved(mention: str, antecedent: str | None) -> Resolution:
        if not mention:
            return Resolution(None, "the text names no source", certain=False)
        return resolve(mention, names, antecedent=antecedent)

    return [
        _suggested(attribution, rendition.text, resolved, by_name, speaks_for, until=until, zone=zone)
        for attribution in found
    ]


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
        figures=tuple(
            FigureDraft(f.measure, f.comparator, f.low, f.high, f.of_whom[:160]) for f in attribution.figures
        ),
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
    )


def _spans(text: str, role: str, spans: Sequence[Span]) -> list[SpanDraft]:
    return [SpanDraft.of(text, role=role, begins=span.start, ends=span.end) for span in spans]


def _said(attribution: Attribution, *, until: datetime, zone: ZoneInfo) -> tuple[datetime | None, datetime]:
    """The interval in which it was said: a named day, or any time up to publication."""
    said = attribution.said
    if said is None or said.on is None:
        return None, until
    return datetime.combine(said.on, time(), zone), end_of(said.on, zone)
