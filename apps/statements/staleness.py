"""Words that later versions of their articles do not have any more.

An attribution is *gone* from a later version; a statement is *stale* once all of its attributions are, in all of its
articles. Both are findings about texts: no count and no standing knows of them. An article that was removed is not
stale: its last text is still what it said.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Max, OuterRef, Subquery

from apps.articles.models import Removal
from apps.statements.models import Attribution, Gone


@dataclass(frozen=True)
class GoneNote:
    """From which text (public id) the words are gone, and since when the dossier knows it."""

    since: datetime
    rendition: str


def gone_from(
    dossier_id: int, attribution_ids: Iterable[int], *, known_at: datetime | None = None
) -> dict[int, GoneNote]:
    """Which of these, each the first of its twins, are gone from a later version, as known then. One query."""
    rows = (
        Gone.objects.in_dossier(dossier_id)
        .as_known(known_at)
        .filter(attribution__in=set(attribution_ids))
        .values_list("attribution_id", "known_from", "rendition__public_id")
    )
    return {attribution: GoneNote(since, str(rendition)) for attribution, since, rendition in rows}


def stale_since(
    dossier_id: int, statement_ids: Iterable[int], *, known_at: datetime | None = None
) -> dict[int, datetime]:
    """Which of these statements have no words in the latest versions any more, as known then. One query."""
    gone = Gone.objects.as_known(known_at).filter(attribution=OuterRef("pk")).values("known_from")[:1]
    rows = (
        Attribution.objects.in_dossier(dossier_id)
        .as_known(known_at)
        .filter(statement__in=set(statement_ids), twin_of__isnull=True)
        .annotate(gone_at=Subquery(gone))
        .order_by()
        .values("statement_id")
        .annotate(held=Count("pk"), lost=Count("gone_at"), since=Max("gone_at"))
        .filter(held=F("lost"))
    )
    return {row["statement_id"]: row["since"] for row in rows}


def removed(dossier_id: int, article_ids: Iterable[int], *, known_at: datetime | None = None) -> dict[int, datetime]:
    """Which of these articles their publisher no longer has, and since when that is known. One query."""
    rows = Removal.objects.in_dossier(dossier_id).as_known(known_at).filter(article__in=set(article_ids))
    return dict(rows.values_list("article_id", "known_from"))
