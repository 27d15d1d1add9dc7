"""What waits at the analysts' desk, article by article."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from apps.articles.models import Article, Lineage
from apps.articles.reading import latest_renditions, outlets_by_article
from apps.review.models import Hold, Proposal
from apps.review.selectors import reviewable

PAGE = 30
WAITS = (Proposal.State.OPEN, Proposal.State.RETURNED)


@dataclass(frozen=True)
class QueueEntry:
    """An article with statements to review. ``held_by`` names another person who works on it at the moment."""

    article_id: int
    ref: str
    headline: str
    outlet: str
    published: datetime | None
    done: int
    total: int
    returned: int
    copies: int
    held_by: str
    mine: bool


@dataclass(frozen=True)
class Queue:
    """A page of the queue, newest article first. ``before`` is the article number that the next page starts below."""

    entries: tuple[QueueEntry, ...]
    before: int | None


def queue(
    dossier_id: int, *, user_id: int, at: datetime, before: int | None = None, opened: int | None = None
) -> Queue:
    """Articles with statements that wait for an analyst, and the ``opened`` one even if none do. Six queries."""
    wanted = Q(pk__in=reviewable(dossier_id).values("article_id"))
    if opened is not None and before is None:
        wanted |= Q(pk=opened)
    rows = Article.objects.in_dossier(dossier_id).filter(wanted).order_by("-number")
    if before is not None:
        rows = rows.filter(number__lt=before)
    found = list(rows[: PAGE + 1])
    shown = found[:PAGE]
    return Queue(
        entries=tuple(_entries(dossier_id, shown, user_id=user_id, at=at)),
        before=shown[-1].number if len(found) > PAGE else None,
    )


def _entries(dossier_id: int, articles: list[Article], *, user_id: int, at: datetime) -> list[QueueEntry]:
    ids = [article.pk for article in articles]
    texts = latest_renditions(ids)
    outlets = outlets_by_article(dossier_id, ids)
    counts = {
        row["article_id"]: row
        for row in Proposal.objects.attributions()
        .filter(article__in=ids, copy_of__isnull=True)
        .exclude(state=Proposal.State.SUPERSEDED)
        .values("article_id")
        .annotate(
            total=Count("pk"),
            waits=Count("pk", filter=Q(state__in=WAITS)),
            returned=Count("pk", filter=Q(state=Proposal.State.RETURNED)),
        )
    }
    copies = dict(
        Lineage.objects.current()
        .filter(copied_from__in=ids)
        .values("copied_from_id")
        .annotate(n=Count("pk"))
        .values_list("copied_from_id", "n")
    )
    holds = {h.article_id: h for h in Hold.objects.filter(article__in=ids, until__gt=at).select_related("user")}
    entries = []
    for article in articles:
        text = texts.get(article.pk)
        count = counts.get(article.pk, {"total": 0, "waits": 0, "returned": 0})
        held = holds.get(article.pk)
        entries.append(
            QueueEntry(
                article_id=article.pk,
                ref=article.ref,
                headline=(text.headline if text else "") or article.address or article.ref,
                outlet=outlets.get(article.pk, ""),
                published=text.published if text else None,
                done=count["total"] - count["waits"],
                total=count["total"],
                returned=count["returned"],
                copies=copies.get(article.pk, 0),
                held_by=held.user.name if held and held.user_id != user_id else "",
                mine=bool(held and held.user_id == user_id),
            )
        )
    return entries
