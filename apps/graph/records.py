"""One source or one article with all that is held of it, as known then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from apps.articles.models import Article, Capture, OtherAddress, Removal, Rendition
from apps.articles.reading import Comes, provenance_of, removals_of
from apps.crosscheck.selectors import NOW, Moments
from apps.dossiers.selectors import PartyLabel, party_labels
from apps.graph.listing import ArticleRecord, article_records
from apps.sources.models import Affiliation, Alias, Alignment, Source
from apps.sources.selectors import SourceLabel, source_labels


@dataclass(frozen=True)
class Tie:
    """A source speaks for an institution over some days; ``None`` where an end is open. ``until`` is the last day."""

    institution: SourceLabel
    role: str
    since: date | None
    until: date | None


@dataclass(frozen=True)
class Side:
    """A source stands with a party over some days."""

    party: PartyLabel
    since: date | None
    until: date | None


@dataclass(frozen=True)
class SourceRecord:
    """A source with every name it goes by, whom it speaks for and whom it stands with."""

    label: SourceLabel
    aliases: tuple[Alias, ...]
    affiliations: tuple[Tie, ...]
    alignments: tuple[Side, ...]
    known_from: datetime


def find_source(dossier_id: int, public_id: UUID, moments: Moments = NOW) -> SourceRecord | None:
    """One source, if it was held then. Fifteen queries at most."""
    at = moments.known_at
    row = Source.objects.in_dossier(dossier_id).as_known(at).filter(public_id=public_id).first()
    if row is None:
        return None
    ties = list(Affiliation.objects.in_dossier(dossier_id).as_known(at).filter(source=row).order_by("pk"))
    sides = list(Alignment.objects.in_dossier(dossier_id).as_known(at).filter(source=row).order_by("pk"))
    labels = source_labels(dossier_id, [row.pk, *(tie.institution_id for tie in ties)], known_at=at)
    parties = {party.id: party for party in party_labels(dossier_id, known_at=at)}
    aliases = Alias.objects.in_dossier(dossier_id).as_known(at).filter(source=row).order_by("-preferred", "pk")
    return SourceRecord(
        label=labels[row.pk],
        aliases=tuple(aliases),
        affiliations=tuple(Tie(labels[tie.institution_id], tie.role, *_ends(tie.days)) for tie in ties),
        alignments=tuple(Side(parties[s.party_id], *_ends(s.days)) for s in sides if s.party_id in parties),
        known_from=row.known_from,
    )


def _ends(days: object) -> tuple[date | None, date | None]:
    """First and last day of a range; PostgreSQL keeps ranges of days with the end exclusive."""
    lower, upper = getattr(days, "lower", None), getattr(days, "upper", None)
    return lower, None if upper is None else date.fromordinal(upper.toordinal() - 1)


@dataclass(frozen=True)
class ArticleSheet:
    """An article with its captures and the texts drawn from them, oldest first. Only ``text`` is loaded in full."""

    record: ArticleRecord
    captures: tuple[Capture, ...]
    renditions: tuple[Rendition, ...]
    text: Rendition | None
    origin: Comes | None
    other_addresses: tuple[OtherAddress, ...]
    removal: Removal | None


def find_article(dossier_id: int, ref: int | UUID, moments: Moments = NOW) -> ArticleSheet | None:
    """One article by its number or its public id, if it was held then. Ten queries at most."""
    at = moments.known_at
    rows = Article.objects.in_dossier(dossier_id).as_known(at)
    article = (rows.filter(number=ref) if isinstance(ref, int) else rows.filter(public_id=ref)).first()
    if article is None:
        return None
    (record,) = article_records(dossier_id, [article], moments)
    captures = Capture.objects.in_dossier(dossier_id).as_known(at).filter(article=article).order_by("pk")
    texts = Rendition.objects.in_dossier(dossier_id).as_known(at).filter(article=article).select_related("capture")
    others = OtherAddress.objects.in_dossier(dossier_id).as_known(at).filter(article=article)
    return ArticleSheet(
        record=record,
        captures=tuple(captures),
        renditions=tuple(texts.defer("text", "words").order_by("pk")),
        text=texts.defer("words").order_by("-pk").first(),
        origin=provenance_of([article.pk], known_at=at).get(article.pk),
        other_addresses=tuple(others.order_by("kind", "key")),
        removal=removals_of([article.pk], known_at=at).get(article.pk),
    )


def find_rendition(dossier_id: int, ref: int | UUID, public_id: UUID, moments: Moments = NOW) -> Rendition | None:
    """One text of an article, in full, if it was held then. One query."""
    rows = Rendition.objects.in_dossier(dossier_id).as_known(moments.known_at).filter(public_id=public_id)
    rows = rows.filter(article__number=ref) if isinstance(ref, int) else rows.filter(article__public_id=ref)
    return rows.select_related("capture").defer("words").first()
