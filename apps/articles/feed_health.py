"""Reads for the pages about feeds: how each one does, what came of asking it, and what became of its items."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Window
from django.db.models.expressions import F
from django.db.models.functions import RowNumber

from apps.articles import addresses, refusals
from apps.articles.models import Article, Feed, FeedItem, Host, Intake, OtherAddress, Poll

SHOWN_POLLS: Final = 40
"""How many of the latest times of asking are drawn beside a feed."""

_NOT_YET: Final = Q(active=True, failures=0, last_success__isnull=True)
STATES: Final = {
    "answers": Q(active=True, failures=0, last_success__isnull=False),
    "failing": Q(active=True, failures__gt=0),
    "waiting": _NOT_YET,
    "paused": Q(active=False, ended__isnull=True),
    "ended": Q(ended__isnull=False),
}
CHOICES: Final = [(name, name) for name in STATES]


@dataclass(frozen=True, slots=True)
class Health:
    """How a feed does: ``state`` is one of ``STATES``, ``polls`` the latest times of asking, the oldest first."""

    feed: Feed
    state: str
    polls: tuple[Poll, ...]

    def is_due(self, now: datetime) -> bool:
        """Whether it is being asked at this moment, or should be."""
        under_way = self.feed.lease_until is not None and self.feed.lease_until > now
        return self.feed.active and (under_way or self.feed.next_poll <= now)


@dataclass(frozen=True, slots=True)
class Became:
    """What became of an item: ``article`` if it is held, else the state of its way in, and the reason if there is one.

    ``state`` is held, coming, failed, cancelled or refused.
    """

    item: FeedItem
    state: str
    article: Article | None = None
    reason: str = ""


def state_of(feed: Feed) -> str:
    """Which of ``STATES`` a feed is in."""
    if feed.ended is not None:
        return "ended"
    if not feed.active:
        return "paused"
    if feed.failures:
        return "failing"
    return "answers" if feed.last_success else "waiting"


def feeds_in(
    dossier_id: int, *, state: str = "", words: str = "", before: int | None = None, limit: int
) -> tuple[Health, ...]:
    """Feeds of a dossier, the newest first; ``words`` in name, title or address. Two queries.

    Those that are followed no longer are left out unless they are asked for.
    """
    rows = Feed.objects.filter(dossier_id=dossier_id).select_related("added_by").order_by("-pk")
    rows = rows.filter(STATES[state] if state else Q(ended__isnull=True))
    rows = rows.filter(_named(words))
    if before is not None:
        rows = rows.filter(pk__lt=before)
    feeds = list(rows[:limit])
    polls = _latest_polls([feed.pk for feed in feeds])
    return tuple(Health(feed, state_of(feed), tuple(polls.get(feed.pk, ()))) for feed in feeds)


def counts(dossier_id: int, *, words: str = "") -> dict[str, int]:
    """How many feeds there are in each state, of those with ``words`` in name, title or address. One query."""
    named = {name: Count("pk", filter=condition) for name, condition in STATES.items()}
    return Feed.objects.filter(_named(words), dossier_id=dossier_id).aggregate(**named)


def _named(words: str) -> Q:
    return Q(name__icontains=words) | Q(title__icontains=words) | Q(address__icontains=words) if words else Q()


def feed_in(dossier_id: int, public_id: UUID) -> Health | None:
    """One feed of a dossier. Two queries."""
    feed = Feed.objects.filter(dossier_id=dossier_id, public_id=public_id).select_related("added_by", "dossier").first()
    if feed is None:
        return None
    return Health(feed, state_of(feed), tuple(_latest_polls([feed.pk]).get(feed.pk, ())))


def feed_at(dossier_id: int, address: str) -> Feed | None:
    """The feed of a dossier at this address, however it is written, followed or not any more. One query."""
    return Feed.objects.filter(dossier_id=dossier_id, address=addresses.normalise(address)).first()


def _latest_polls(feed_ids: list[int]) -> dict[int, list[Poll]]:
    newest_first = Window(RowNumber(), partition_by=F("feed"), order_by=F("pk").desc())
    rows = Poll.objects.filter(feed__in=feed_ids).annotate(place=newest_first).filter(place__lte=SHOWN_POLLS)
    by_feed: dict[int, list[Poll]] = {}
    for row in rows.order_by("pk"):
        by_feed.setdefault(row.feed_id, []).append(row)
    return by_feed


def polls_of(feed: Feed, *, before: int | None = None, limit: int) -> tuple[Poll, ...]:
    """What came of asking a feed, the newest first. One query."""
    return tuple(_before(Poll.objects.filter(feed=feed), before)[:limit])


def _before(rows: QuerySet[Poll], before: int | None) -> QuerySet[Poll]:
    return (rows if before is None else rows.filter(pk__lt=before)).order_by("-pk")


def host_of(feed: Feed) -> Host | None:
    """The host that a feed is at, if it was ever asked. One query."""
    return Host.objects.filter(name=addresses.parse(feed.address).origin).first()


def latest_items(feed: Feed, *, limit: int) -> tuple[Became, ...]:
    """The items that a feed showed last, the newest first, and what became of each. Four queries."""
    rows = list(FeedItem.objects.filter(feed=feed).order_by("-pk")[:limit])
    keys = {row.pk: addresses.normalise(row.address) for row in rows if not row.refused_code}
    held = _held(feed.dossier_id, keys.values())
    ways = _ways(feed.dossier_id, keys.values())
    return tuple(_became(row, held.get(keys.get(row.pk, "")), ways.get(keys.get(row.pk, ""))) for row in rows)


def _held(dossier_id: int, keys: Iterable[str]) -> dict[str, Article]:
    others = OtherAddress.objects.in_dossier(dossier_id).filter(key__in=keys).select_related("article")
    articles = Article.objects.in_dossier(dossier_id).filter(address_key__in=keys)
    return {row.key: row.article for row in others} | {str(row.address_key): row for row in articles}


def _ways(dossier_id: int, keys: Iterable[str]) -> dict[str, Intake]:
    """The latest way in of each address."""
    rows = Intake.objects.in_dossier(dossier_id).filter(address_key__in=keys).order_by("address_key", "-pk")
    return {row.address_key: row for row in rows.distinct("address_key")}


def _became(row: FeedItem, article: Article | None, way: Intake | None) -> Became:
    if row.refused_code:
        return Became(row, "refused", reason=refusals.sentence(row.refused_code))
    if article is not None:
        return Became(row, "held", article=article)
    if way is None:
        return Became(row, "cancelled")
    if way.state in {Intake.State.FAILED, Intake.State.CANCELLED}:
        return Became(row, str(way.state), reason=way.failure_reason)
    return Became(row, "coming", reason=way.failure_reason)
