"""Looking through approved facts and evidence by words. Proposals are not looked at.

Words are matched as they are written ("simple" configuration), with the operators of web searches: quotes, ``or`` and
a minus. What is found is listed newest first: ranking everything that holds a common word would take seconds.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.postgres.search import SearchHeadline, SearchQuery
from django.db.models import Exists, F, OuterRef, Q, Window
from django.db.models.functions import Left, RowNumber
from django.utils.safestring import SafeString

from apps.articles.models import Rendition
from apps.articles.reading import outlets_by_article
from apps.claims.models import Claim, Wording
from apps.core.names import fold
from apps.sources.models import Alias, Source
from apps.sources.selectors import SourceLabel, source_labels
from apps.statements.models import Span
from apps.statements.reading import Attributed, Times, attributed, evidence
from apps.web.search.marked import BEGINS, ENDS, marked

SHOWN_CHARACTERS = 60_000  # of a text, from which the excerpt is taken


def _query(words: str) -> SearchQuery:
    return SearchQuery(words, search_type="websearch", config="simple")


def _headline(field: str, query: SearchQuery) -> SearchHeadline:
    """All of a short text, with what was found in it marked."""
    return SearchHeadline(field, query, config="simple", start_sel=BEGINS, stop_sel=ENDS, highlight_all=True)


@dataclass(frozen=True)
class FoundClaim:
    place: int
    number: int
    ref: str
    wording: SafeString


def claims(dossier_id: int, words: str, *, before: int | None, limit: int, times: Times) -> tuple[FoundClaim, ...]:
    """Claims whose wording has the words, newest first. One query."""
    query = _query(words)
    held = Claim.objects.in_dossier(dossier_id).as_known(times.known_at)
    rows = (
        Wording.objects.in_dossier(dossier_id)
        .as_known(times.known_at)
        .filter(words=query, claim__in=held)
        .select_related("claim")
        .defer("words")
        .annotate(found=_headline("text", query))
        .order_by("-claim_id")
    )
    if before is not None:
        rows = rows.filter(claim__lt=before)
    return tuple(FoundClaim(row.claim_id, row.claim.number, row.claim.ref, marked(row.found)) for row in rows[:limit])


@dataclass(frozen=True)
class FoundSource:
    place: int
    label: SourceLabel
    name: str


def sources(dossier_id: int, words: str, *, before: int | None, limit: int, times: Times) -> tuple[FoundSource, ...]:
    """Sources one of whose names holds the words or nearly does; each once. At most six queries."""
    sought = fold(words)
    if not sought:
        return ()
    held = Source.objects.in_dossier(dossier_id).as_known(times.known_at)
    near = (
        Alias.objects.in_dossier(dossier_id)
        .as_known(times.known_at)
        .filter(Q(folded__contains=sought) | Q(folded__trigram_word_similar=sought), source__in=held)
        .order_by("-source_id", "-preferred", "pk")
        .distinct("source_id")
    )
    if before is not None:
        near = near.filter(source__lt=before)
    rows = list(near[:limit])
    labels = source_labels(dossier_id, [row.source_id for row in rows], known_at=times.known_at)
    return tuple(FoundSource(row.source_id, labels[row.source_id], row.name) for row in rows)


@dataclass(frozen=True)
class FoundStatement:
    place: int
    said: Attributed
    words: SafeString


def statements(
    dossier_id: int, words: str, *, before: int | None, limit: int, times: Times
) -> tuple[FoundStatement, ...]:
    """Statements whose very words are found, newest first; what repeats another (copies, twins) is left out.

    Twelve queries.
    """
    query = _query(words)
    held = evidence(dossier_id, times).filter(is_copy=False, twin_of__isnull=True)
    spans = (
        Span.objects.filter(words=query, role="content", attribution__in=held)
        .annotate(
            found=_headline("exact", query),
            nth=Window(RowNumber(), partition_by=F("attribution"), order_by=F("begins").asc()),
        )
        .filter(nth=1)
        .order_by("-attribution_id")
    )
    if before is not None:
        spans = spans.filter(attribution__lt=before)
    found = dict(spans.values_list("attribution_id", "found")[:limit])
    rows = attributed(dossier_id, held.filter(pk__in=found).order_by("-pk"), times)
    return tuple(FoundStatement(row.attribution_id, row, marked(found[row.attribution_id])) for row in rows)


@dataclass(frozen=True)
class FoundArticle:
    place: int
    number: int
    ref: str
    headline: str
    outlet: str
    excerpt: SafeString


def articles(dossier_id: int, words: str, *, before: int | None, limit: int, times: Times) -> tuple[FoundArticle, ...]:
    """Articles whose newest text has the words, newest first. Three queries."""
    query = _query(words)
    held = Rendition.objects.in_dossier(dossier_id).as_known(times.known_at)
    rows = (
        held.filter(words=query)
        .exclude(Exists(held.filter(article=OuterRef("article"), pk__gt=OuterRef("pk"))))
        .select_related("article")
        .defer("text", "words")
        .annotate(found=_headline_of_text(query))
        .order_by("-article_id")
    )
    if before is not None:
        rows = rows.filter(article__lt=before)
    found = list(rows[:limit])
    outlets = outlets_by_article(dossier_id, [row.article_id for row in found], known_at=times.known_at)
    return tuple(
        FoundArticle(
            place=row.article_id,
            number=row.article.number,
            ref=row.article.ref,
            headline=row.headline,
            outlet=outlets.get(row.article_id, ""),
            excerpt=marked(row.found),
        )
        for row in found
    )


def _headline_of_text(query: SearchQuery) -> SearchHeadline:
    return SearchHeadline(
        Left("text", SHOWN_CHARACTERS),
        query,
        config="simple",
        start_sel=BEGINS,
        stop_sel=ENDS,
        max_fragments=2,
        max_words=28,
        min_words=12,
    )
