"""Reads for pages that show what was said: in one article, by one source, under one name; and the list of articles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.contrib.postgres.search import SearchQuery
from django.db.models import Exists, OuterRef, QuerySet

from apps.articles.models import Article, Publication, Rendition
from apps.articles.reading import OriginNote, latest_renditions, origins_by_article, outlets_by_article
from apps.core.counting import UpTo
from apps.ledger.models import FactQuerySet
from apps.sources.selectors import SourceLabel, source_labels
from apps.statements.models import Attribution, Span, Statement
from apps.statements.staleness import gone_from, stale_since


@dataclass(frozen=True)
class Times:
    """The two times of a read; ``None`` means now. A statement counts once it was certainly said."""

    said_until: datetime | None = None
    known_at: datetime | None = None


@dataclass(frozen=True)
class Attributed:
    """A statement as one article attributes it: the words, their places, who speaks for whom, through whom."""

    attribution_id: int
    attribution: str
    statement_id: int
    statement: str
    article_id: int
    article_ref: str
    rendition_id: int
    headline: str
    source: SourceLabel
    principal: SourceLabel
    relayed_by: SourceLabel | None
    kind: str
    quotation: str
    channel: str
    said_from: datetime | None
    said_until: datetime
    is_copy: bool
    known_from: datetime
    spans: tuple[Span, ...]
    gone_since: datetime | None = None
    """Since when a later version of the article is known to lack the words."""
    stale_since: datetime | None = None
    """Since when that is so of every article that carries the statement."""

    def words(self, role: str) -> str:
        """The words of all spans of a role, as one line."""
        return " … ".join(" ".join(span.exact.split()) for span in self.spans if span.role == role)

    @property
    def content(self) -> str:
        return self.words("content")

    @property
    def cue(self) -> str:
        return self.words("cue")

    @property
    def begins(self) -> int:
        return min((span.begins for span in self.spans), default=0)


def said(dossier_id: int, times: Times) -> FactQuerySet[Statement]:
    """Statements as known then and uttered by then."""
    rows = Statement.objects.in_dossier(dossier_id).as_known(times.known_at)
    return rows if times.said_until is None else rows.filter(said_until__lte=times.said_until)


def evidence(dossier_id: int, times: Times) -> FactQuerySet[Attribution]:
    """Attributions as known then, of statements uttered by then."""
    rows = Attribution.objects.in_dossier(dossier_id).as_known(times.known_at)
    return rows if times.said_until is None else rows.filter(statement__said_until__lte=times.said_until)


def attributed_in(article: Article, times: Times, *, rendition_id: int | None = None) -> tuple[Attributed, ...]:
    """Every statement that the article attributes, in the order of its text. Eleven queries.

    Of what several versions of the article have, the one in the rendition asked for, else the one in the newest.
    """
    rows = evidence(article.dossier_id, times).filter(article=article)
    versions: dict[int, tuple[bool, int, int]] = {}
    for pk, first, rendition in rows.order_by().values_list("pk", "twin_of", "rendition"):
        rank = (rendition == rendition_id, rendition, pk)
        versions[first or pk] = max(versions.get(first or pk, rank), rank)
    found = attributed(article.dossier_id, rows.filter(pk__in=[pk for *_rank, pk in versions.values()]), times)
    return tuple(sorted(found, key=lambda one: (one.begins, one.attribution_id)))


def attributed(dossier_id: int, chosen: QuerySet[Attribution], times: Times) -> tuple[Attributed, ...]:
    """Attributions with all that a page shows of them, in the order of the query. Ten queries, however many."""
    rows = list(
        chosen.select_related("statement", "statement__relayed_by", "article", "rendition").defer(
            "rendition__text", "rendition__words"
        )
    )
    spans: dict[int, list[Span]] = {}
    for span in Span.objects.filter(attribution__in=[row.pk for row in rows]).defer("words").order_by("begins", "pk"):
        spans.setdefault(span.attribution_id, []).append(span)
    heard = {i for row in rows for i in (row.statement.source_id, row.statement.principal_id)}
    heard |= {row.statement.relayed_by.source_id for row in rows if row.statement.relayed_by}
    labels = source_labels(dossier_id, heard, known_at=times.known_at)
    gone = gone_from(dossier_id, [row.twin_of_id or row.pk for row in rows], known_at=times.known_at)
    stale = stale_since(dossier_id, [row.statement_id for row in rows], known_at=times.known_at)
    return tuple(
        replace(
            _attributed(row, tuple(spans.get(row.pk, ())), labels),
            gone_since=note.since if (note := gone.get(row.twin_of_id or row.pk)) else None,
            stale_since=stale.get(row.statement_id),
        )
        for row in rows
    )


def _attributed(row: Attribution, spans: tuple[Span, ...], labels: dict[int, SourceLabel]) -> Attributed:
    statement = row.statement
    return Attributed(
        attribution_id=row.pk,
        attribution=str(row.public_id),
        statement_id=statement.pk,
        statement=str(statement.public_id),
        article_id=row.article_id,
        article_ref=row.article.ref,
        rendition_id=row.rendition_id,
        headline=row.rendition.headline,
        source=labels[statement.source_id],
        principal=labels[statement.principal_id],
        relayed_by=labels[statement.relayed_by.source_id] if statement.relayed_by else None,
        kind=statement.get_kind_display(),
        quotation=row.get_quotation_display(),
        channel=statement.channel,
        said_from=statement.said_from,
        said_until=statement.said_until,
        is_copy=row.is_copy,
        known_from=row.known_from,
        spans=spans,
    )


@dataclass(frozen=True)
class Utterance:
    """A statement in a list: its first evidence, and in how many articles it stands, counted to 100."""

    first: Attributed
    articles: int


def statements_of(
    dossier_id: int, source_id: int, *, before: int | None, limit: int, times: Times
) -> tuple[Utterance, ...]:
    """What a source said, or others said on its behalf, newest first, below the statement ``before``. 14 queries.

    Two bounded reads, by source and by principal, so that the newest of many are found without reading all.
    """
    found: dict[int, Statement] = {}
    end = Statement.objects.in_dossier(dossier_id).filter(pk=before).first() if before is not None else None
    for column in ("source", "principal"):
        rows = said(dossier_id, times).filter(**{column: source_id}).order_by("-said_until", "-pk")
        if end is not None:
            rows = rows.filter(said_until__lte=end.said_until).exclude(said_until=end.said_until, pk__gte=end.pk)
        found |= {row.pk: row for row in rows[:limit]}
    newest = sorted(found.values(), key=lambda row: (row.said_until, row.pk), reverse=True)[:limit]
    return _utterances(dossier_id, [row.pk for row in newest], times)


def _utterances(dossier_id: int, statement_ids: Sequence[int], times: Times) -> tuple[Utterance, ...]:
    held = evidence(dossier_id, times).filter(twin_of__isnull=True)
    firsts = (
        held.filter(statement__in=statement_ids)
        .annotate(articles=UpTo(held.filter(statement=OuterRef("statement"))))
        .order_by("statement_id", "is_copy", "pk")
        .distinct("statement_id")
    )
    counts = dict(firsts.values_list("statement_id", "articles"))
    by_id = {one.statement_id: one for one in attributed(dossier_id, firsts, times)}
    return tuple(Utterance(by_id[pk], counts[pk]) for pk in statement_ids if pk in by_id)


def resting_on(
    dossier_id: int, alias_id: int, *, before: int | None, limit: int, times: Times
) -> tuple[Attributed, ...]:
    """Every attribution that was resolved by one name of a source, newest first. Eleven queries."""
    rows = evidence(dossier_id, times).filter(alias=alias_id, twin_of__isnull=True).order_by("-pk")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return attributed(dossier_id, rows[:limit], times)


@dataclass(frozen=True)
class ArticleRow:
    """An article in a list. ``statements`` are approved ones, counted to 100; no origin means that it is unknown."""

    number: int
    ref: str
    headline: str
    address: str
    outlet: str
    published: datetime | None
    published_precision: str
    added: datetime
    origin: OriginNote | None
    statements: int


def articles(
    dossier_id: int,
    *,
    outlet: int | None = None,
    words: str = "",
    before: int | None = None,
    limit: int,
    known_at: datetime | None = None,
) -> tuple[ArticleRow, ...]:
    """Articles as they came in, newest first, below ``before``; of one outlet, or with these words. Five queries."""
    rows = Article.objects.in_dossier(dossier_id).as_known(known_at).order_by("-number")
    if outlet is not None:
        rows = rows.filter(Exists(Publication.objects.as_known(known_at).filter(article=OuterRef("pk"), outlet=outlet)))
    if words:
        query = SearchQuery(words, search_type="websearch", config="simple")
        rows = rows.filter(
            pk__in=Rendition.objects.in_dossier(dossier_id).as_known(known_at).filter(words=query).values("article_id")
        )
    if before is not None:
        rows = rows.filter(number__lt=before)
    held = Attribution.objects.as_known(known_at).filter(article=OuterRef("pk"), twin_of__isnull=True)
    found = list(rows.annotate(statements=UpTo(held))[:limit])
    ids = [row.pk for row in found]
    heads = latest_renditions(ids, known_at=known_at)
    outlets = outlets_by_article(dossier_id, ids, known_at=known_at)
    origins = origins_by_article(ids, known_at=known_at)
    return tuple(
        ArticleRow(
            number=row.number,
            ref=row.ref,
            headline=heads[row.pk].headline if row.pk in heads else "",
            address=row.address,
            outlet=outlets.get(row.pk, ""),
            published=heads[row.pk].published if row.pk in heads else None,
            published_precision=heads[row.pk].published_precision if row.pk in heads else "",
            added=row.known_from,
            origin=origins.get(row.pk),
            statements=row.statements,
        )
        for row in found
    )
