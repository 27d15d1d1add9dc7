"""Reads for the pages about articles: one article with what is preserved of it, what is on its way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef
from django.utils.translation import gettext as _

from apps.articles.models import (
    Article,
    Capture,
    Intake,
    Lineage,
    OtherAddress,
    Parting,
    Publication,
    Removal,
    Rendition,
    Visit,
    Watch,
)
from apps.core.counting import UpTo
from apps.sources.selectors import outlet_names

MOST_CARRIERS = 50
VISITS_SHOWN = 8


@dataclass(frozen=True)
class Carrier:
    """Another article that carries the same text."""

    ref: str
    headline: str
    outlet: str
    published: datetime | None


@dataclass(frozen=True)
class Provenance:
    """Where an article's text comes from, on what grounds, and who else carries it; ``more`` if some are not named.

    ``lineage`` is the row that says so: with who decided it and why, where a person did.
    """

    label: str
    origin: str
    grounds: str
    copied_from: str
    share: float
    lineage: Lineage
    carriers: tuple[Carrier, ...]
    more: bool

    @property
    def percent(self) -> int:
        return round(self.share * 100)


@dataclass(frozen=True)
class Preserved:
    """What is held of an article: captures and renditions, newest first, its outlet, and its provenance if known."""

    article: Article
    outlet: str
    captures: tuple[Capture, ...]
    renditions: tuple[Rendition, ...]
    provenance: Provenance | None
    partings: tuple[Parting, ...]
    """The origins that a person parted it from."""
    other_addresses: tuple[OtherAddress, ...]
    removal: Removal | None
    """That its publisher no longer has it at its address."""
    unread: str
    """Why no text is drawn of it; empty if one is, or if nobody has tried to the end."""


@dataclass(frozen=True)
class Watched:
    """Whether an article is looked at again for changes, when next, and what came of it so far, newest first.

    ``coming`` is a visit that is on its way.
    """

    watch: Watch | None
    visits: tuple[Visit, ...]
    coming: Intake | None


def article_numbered(dossier_id: int, number: int, *, known_at: datetime | None = None) -> Article | None:
    """The article with that number, if it was known then. One query."""
    return Article.objects.in_dossier(dossier_id).as_known(known_at).filter(number=number).first()


def preserved(article: Article, *, known_at: datetime | None = None) -> Preserved:
    """What is held of an article. Texts of renditions are loaded when asked for. At most twelve queries."""
    published = Publication.objects.as_known(known_at).filter(article=article).first()
    renditions = tuple(
        Rendition.objects.as_known(known_at)
        .filter(article=article)
        .select_related("capture")
        .defer("text", "words")
        .order_by("-pk")[:50]
    )
    outlets = [published.outlet_id] if published else []
    return Preserved(
        article=article,
        outlet=next(iter(outlet_names(article.dossier_id, outlets, known_at=known_at).values()), ""),
        captures=tuple(Capture.objects.as_known(known_at).filter(article=article).order_by("-pk")[:50]),
        renditions=renditions,
        provenance=_provenance(article, known_at),
        partings=tuple(Parting.objects.as_known(known_at).filter(article=article).select_related("origin")),
        other_addresses=tuple(OtherAddress.objects.as_known(known_at).filter(article=article).order_by("kind", "key")),
        removal=Removal.objects.as_known(known_at).filter(article=article).first(),
        unread="" if renditions else _why_unread(article),
    )


def watched(article: Article) -> Watched:
    """How an article is looked at again, as it is now. Three queries."""
    return Watched(
        watch=Watch.objects.filter(article=article).first(),
        visits=tuple(Visit.objects.filter(article=article).order_by("-pk")[:VISITS_SHOWN]),
        coming=Intake.objects.on_its_way().filter(article=article).first(),
    )


def _why_unread(article: Article) -> str:
    rows = Intake.objects.filter(article=article).order_by("-pk")
    return next(iter(rows.values_list("failure_reason", flat=True)[:1]), "")


def text_of(rendition: Rendition) -> str:
    """The text alone, without what is derived from it. One query."""
    return Rendition.objects.values_list("text", flat=True).get(pk=rendition.pk)


def grounds_in_words(lineage: Lineage) -> str:
    """Why an article is held to be of its origin. Who had a text first has it in common with those after it."""
    if lineage.grounds == Lineage.Grounds.SAME_TEXT and lineage.copied_from_id is None:
        return _("the text is that of other articles held here")
    return str(lineage.get_grounds_display())


def _provenance(article: Article, known_at: datetime | None) -> Provenance | None:
    held = Lineage.objects.as_known(known_at).filter(article=article).select_related("origin", "copied_from").first()
    if held is None:
        return None
    others = list(
        Lineage.objects.as_known(known_at)
        .filter(origin=held.origin_id)
        .exclude(article=article)
        .order_by("article_id")
        .values_list("article_id", flat=True)[: MOST_CARRIERS + 1]
    )
    return Provenance(
        label=held.origin.label,
        origin=str(held.origin.public_id),
        grounds=grounds_in_words(held),
        copied_from=held.copied_from.ref if held.copied_from else "",
        share=held.share,
        lineage=held,
        carriers=_carriers(article.dossier_id, others[:MOST_CARRIERS], known_at),
        more=len(others) > MOST_CARRIERS,
    )


def _carriers(dossier_id: int, article_ids: list[int], known_at: datetime | None) -> tuple[Carrier, ...]:
    heads = latest_renditions(article_ids, known_at=known_at)
    outlets = outlets_by_article(dossier_id, article_ids, known_at=known_at)
    return tuple(
        Carrier(
            ref=row.ref,
            headline=heads[row.pk].headline if row.pk in heads else "",
            outlet=outlets.get(row.pk, ""),
            published=heads[row.pk].published if row.pk in heads else None,
        )
        for row in Article.objects.filter(pk__in=article_ids).order_by("pk")
    )


def latest_renditions(article_ids: list[int], *, known_at: datetime | None = None) -> dict[int, Rendition]:
    """The newest rendition by article, without its text. One query."""
    rows = (
        Rendition.objects.as_known(known_at)
        .filter(article__in=article_ids)
        .defer("text", "words")
        .order_by("article_id", "-pk")
        .distinct("article_id")
    )
    return {row.article_id: row for row in rows}


def outlets_by_article(dossier_id: int, article_ids: list[int], *, known_at: datetime | None = None) -> dict[int, str]:
    """The outlet's name by article. Two queries."""
    published = dict(
        Publication.objects.in_dossier(dossier_id)
        .as_known(known_at)
        .filter(article__in=article_ids)
        .values_list("article_id", "outlet_id")
    )
    names = outlet_names(dossier_id, published.values(), known_at=known_at)
    return {article: names.get(outlet, "") for article, outlet in published.items()}


@dataclass(frozen=True)
class OriginNote:
    """The origin of an article in a list; ``others`` is how many further articles carry it, counted to 100."""

    label: str
    others: int
    origin: str = ""


def origins_by_article(article_ids: list[int], *, known_at: datetime | None = None) -> dict[int, OriginNote]:
    """The origin by article, where one is known. One query."""
    same = Lineage.objects.as_known(known_at).filter(origin=OuterRef("origin")).exclude(article=OuterRef("article"))
    rows = (
        Lineage.objects.as_known(known_at)
        .filter(article__in=article_ids)
        .select_related("origin")
        .annotate(others=UpTo(same))
    )
    return {row.article_id: OriginNote(row.origin.label, row.others, str(row.origin.public_id)) for row in rows}


@dataclass(frozen=True)
class Comes:
    """Where an article comes from, for programs: ``origin`` and ``copied_from`` name another resource, or none."""

    origin: str
    label: str
    grounds: str
    copied_from: str | None
    share: float
    decided_by: str
    reason: str


def provenance_of(article_ids: list[int], *, known_at: datetime | None = None) -> dict[int, Comes]:
    """Where each of these articles comes from, by id; unknown for those that are not there. One query."""
    rows = Lineage.objects.as_known(known_at).filter(article__in=article_ids).select_related("origin", "copied_from")
    return {
        row.article_id: Comes(
            origin=str(row.origin.public_id),
            label=row.origin.label,
            grounds=row.grounds,
            copied_from=row.copied_from.ref if row.copied_from else None,
            share=row.share,
            decided_by=row.decided_by,
            reason=row.reason,
        )
        for row in rows
    }


def removals_of(article_ids: list[int], *, known_at: datetime | None = None) -> dict[int, Removal]:
    """Which of these articles their publisher no longer has, by id. One query."""
    return {row.article_id: row for row in Removal.objects.as_known(known_at).filter(article__in=article_ids)}


def on_the_way(dossier_id: int, *, state: str = "", before: int | None = None, limit: int) -> tuple[Intake, ...]:
    """What comes in or came, newest first; ``state`` is ``way`` (not finished) or one of the row's. One query."""
    rows = Intake.objects.in_dossier(dossier_id).select_related("article", "feed", "rendition")
    rows = rows.defer("rendition__text", "rendition__words").order_by("-pk")
    if state == "way":
        rows = rows.on_its_way()
    elif state:
        rows = rows.filter(state=state)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return tuple(rows[:limit])
