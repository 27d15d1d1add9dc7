"""Feeds: asked when due, politely, ever more rarely where that is in vain, and their new items taken in.

A feed is claimed like a step of an article: by a conditional UPDATE on the database's clock that raises its token. All
that one answer brings is written in one transaction that holds the row and names the token, so that a poll whose
worker is killed is done again and doubles nothing.
"""

from __future__ import annotations

import logging
import random
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import Actor
from apps.articles import addresses, rhythm, storage
from apps.articles.models import Feed, FeedItem, Intake, Poll
from apps.articles.rhythm import Bounds
from apps.articles.services import asking, gathering
from apps.articles.services.asking import Answer, APage, Asked, NotAnswered
from apps.articles.services.hosts import Busy
from apps.core.errors import Refusal
from apps.ledger import services as ledger

log = logging.getLogger(__name__)

LEASE_SECONDS: Final = 45
MOST_POLLS: Final = 300
"""How many times of asking are kept of each feed."""
MOVED_TIMES: Final = 3
"""How often in a row a feed must be redirected for good until it is asked at its new address alone."""
SOON: Final = 10.0
"""Seconds until a feed is asked again whose reading was disturbed from outside, or is to go on, at least."""
_GONE: Final = "http_410"
_NOT_ITS_FAULT: Final = frozenset({"parser_lost"})


class LostFeed(Exception):
    """Another worker asks the feed, or it was paused; nothing was written."""


@dataclass(frozen=True)
class ClaimedFeed:
    """A feed that is ours to ask until ``token`` is raised by another."""

    feed: Feed
    token: int


def due_feeds(*, limit: int = 50) -> list[int]:
    """Feeds whose time has come. Ids."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM articles_feed WHERE active AND next_poll <= clock_timestamp() "
            "AND (lease_until IS NULL OR lease_until < clock_timestamp()) ORDER BY next_poll LIMIT %s",
            [limit],
        )
        return [row[0] for row in cursor.fetchall()]


def claim_feed(*, feed_id: int) -> ClaimedFeed | None:
    """Take a feed that is due, or ``None`` if somebody else has."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE articles_feed SET token = token + 1, lease_until = clock_timestamp() + make_interval(secs => %s) "
            "WHERE id = %s AND active AND next_poll <= clock_timestamp() "
            "AND (lease_until IS NULL OR lease_until < clock_timestamp()) RETURNING token",
            [LEASE_SECONDS, feed_id],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    return ClaimedFeed(Feed.objects.select_related("dossier", "added_by").get(pk=feed_id), row[0])


def poll(claimed: ClaimedFeed) -> list[Intake]:
    """Ask a feed and take in what is new; the rows that are on their way now. What went wrong is on the feed's page.

    Nothing is raised but for a database that is away.
    """
    began = time.monotonic()
    feed = claimed.feed
    asked = Asked(feed.address, feed.kind, feed.selector, feed.etag, feed.modified, unread=tuple(feed.unread))
    try:
        answer = asking.ask(asked, still_ours=lambda: _extend(claimed))
        with transaction.atomic():
            return _answered(claimed, answer, seconds=time.monotonic() - began)
    except LostFeed:
        return []
    except Busy as busy:
        waited = (timezone.now() - feed.next_poll).total_seconds()  # only spreads them: any clock will do
        _put_back(claimed, seconds=busy.spread(waited=max(0.0, waited)))
    except APage as page:
        _a_page(claimed, page, seconds=time.monotonic() - began)
    except NotAnswered as failure:
        if failure.code in _NOT_ITS_FAULT:
            _put_back(claimed, seconds=SOON)
        else:
            _failed(claimed, failure, seconds=time.monotonic() - began)
    except Refusal as refusal:
        _failed(claimed, NotAnswered(refusal.reason, code=refusal.code), seconds=time.monotonic() - began)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("Feed %s broke down", feed.pk)
        reason = _("Something went wrong here, not with the feed.")
        _failed(claimed, NotAnswered(reason, code="broke_down"), seconds=time.monotonic() - began)
    return []


def _extend(claimed: ClaimedFeed) -> None:
    """Hold on to a feed while it is asked for something more. Raises :class:`LostFeed`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE articles_feed SET lease_until = clock_timestamp() + make_interval(secs => %s) "
            "WHERE id = %s AND token = %s AND active",
            [LEASE_SECONDS, claimed.feed.pk, claimed.token],
        )
        if not cursor.rowcount:
            raise LostFeed


def _put_back(claimed: ClaimedFeed, *, seconds: float) -> None:
    """Give a feed back to wait for its host; that is no failure."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE articles_feed SET lease_until = NULL, "
            "next_poll = clock_timestamp() + make_interval(secs => %s) WHERE id = %s AND token = %s",
            [seconds, claimed.feed.pk, claimed.token],
        )


def _held(claimed: ClaimedFeed) -> tuple[Feed, datetime]:
    """The feed's row, held to the end of the transaction, and the database's time. Raises :class:`LostFeed`."""
    feed = (
        Feed.objects.select_for_update(no_key=True, of=("self",))
        .select_related("dossier")
        .filter(pk=claimed.feed.pk, token=claimed.token, active=True)
        .first()
    )
    if feed is None:
        raise LostFeed
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: datetime = cursor.fetchone()[0]
    return feed, now


def _answered(claimed: ClaimedFeed, answer: Answer, *, seconds: float) -> list[Intake]:
    feed, now = _held(claimed)
    shown = [*answer.items, *answer.refused]
    gathered = gathering.gather(feed, shown, at=now)
    if not answer.unchanged:
        feed.etag, feed.modified = answer.etag, answer.modified
        feed.title = answer.title[:300] or feed.title
        feed.kind = answer.kind
    feed.rhythm_seconds = rhythm.rhythm(_times(feed), now=now)
    feed.items_seen += gathered.fresh
    feed.items_taken += len(gathered.added)
    feed.items_refused += gathered.refused
    feed.every_seconds = rhythm.next_interval(
        present=feed.every_seconds,
        new=gathered.fresh,
        usual=feed.rhythm_seconds,
        ttl=answer.ttl,
        period=answer.period,
        bounds=Bounds(feed.least_seconds, feed.most_seconds),
    )
    feed.last_success, feed.failures, feed.failure_code, feed.failure_reason = now, 0, "", ""
    if not feed.unread:  # else its own address was not asked
        _note_moved(feed, answer.moved_to)
    feed.unread = list(answer.unread)
    _asked(feed, now, wait=max(answer.pause, SOON) if feed.unread else feed.every_seconds)
    _record(
        feed,
        now,
        Poll(
            seconds=seconds,
            outcome=Poll.Outcome.NOT_MODIFIED if answer.unchanged else Poll.Outcome.ANSWERED,
            status=answer.status,
            seen=len(shown),
            taken=len(gathered.added),
            changed=gathered.changed,
            refused=gathered.refused,
            cut=answer.cut,
        ),
    )
    return gathered.added


def _times(feed: Feed) -> list[datetime]:
    """When the newest items of a feed were published; where it does not say, when they were first seen."""
    rows = FeedItem.objects.filter(feed=feed).order_by("-pk").values_list("published", "first_seen")
    return [published or first_seen for published, first_seen in rows[: rhythm.MOST_GAPS * 5]]


def _asked(feed: Feed, now: datetime, *, wait: float) -> None:
    feed.last_poll, feed.lease_until, feed.next_poll = now, None, now + timedelta(seconds=wait)
    feed.save()


def _record(feed: Feed, now: datetime, row: Poll) -> None:
    """Keep what came of asking, and the latest of its kind alone."""
    row.feed, row.at = feed, now
    row.save()
    latest = Poll.objects.filter(feed=feed).order_by("-pk").values_list("pk", flat=True)
    last_kept = latest[MOST_POLLS - 1 : MOST_POLLS].first()
    if last_kept is not None:
        Poll.objects.filter(feed=feed, pk__lt=last_kept).delete()


def _note_moved(feed: Feed, moved_to: str) -> None:
    """Count redirects for good to one address; after a few of them it is the feed's own from then on."""
    feed.moved_times = feed.moved_times + 1 if moved_to == feed.moved_to else 1
    feed.moved_to = moved_to
    if moved_to and feed.moved_times >= MOVED_TIMES:
        _move(feed, moved_to, verb="feed.moved")


def _move(feed: Feed, address: str, *, verb: str) -> bool:
    """Ask a feed at another address from now on, unless that is followed already; whether it is moved."""
    key = addresses.normalise(address)
    if len(key) > gathering.LONGEST_ADDRESS or Feed.objects.filter(dossier=feed.dossier_id, address=key).exists():
        return False
    about: dict[str, object] = {"address": key, "before": feed.address}
    feed.address, feed.moved_to, feed.moved_times = key, "", 0
    feed.etag, feed.modified, feed.unread = "", "", []
    _ledger(feed, verb, about)
    return True


def _ledger(feed: Feed, verb: str, about: dict[str, object]) -> None:
    actor = Actor.part(f"feed/{feed.pk}").ref
    with ledger.entry(dossier_id=feed.dossier_id, actor=actor, verb=verb, about=about):
        pass


def _a_page(claimed: ClaimedFeed, page: APage, *, seconds: float) -> None:
    """A page instead of a feed: the first feed that it names, if this one never answered with any."""
    with suppress(LostFeed):
        if page.alternates and claimed.feed.last_success is None:
            with transaction.atomic():
                feed, now = _held(claimed)
                if _move(feed, page.alternates[0].url, verb="feed.found"):
                    _asked(feed, now, wait=0)
                    return
    _failed(claimed, NotAnswered(page.reason, code=page.code, answered=200), seconds=seconds)


def _failed(claimed: ClaimedFeed, failure: NotAnswered, *, seconds: float) -> None:
    """Write down why, and wait longer each time. A feed that is gone for good is paused."""
    kept = ""
    if failure.raw:
        with suppress(Refusal):  # a full storage does not keep the reason from being told
            kept = storage.keep(failure.raw)
    with suppress(LostFeed), transaction.atomic():
        feed, now = _held(claimed)
        feed.failures += 1
        feed.failure_code, feed.failure_reason = failure.code[:40], str(failure.reason)[:500]
        feed.moved_to, feed.moved_times, feed.unread = "", 0, []
        wait = rhythm.back_off(
            present=feed.every_seconds,
            failures=feed.failures,
            chance=random.random(),  # noqa: S311 (spreads requests, keeps no secret)
            longest=min(feed.most_seconds, rhythm.LONGEST_WAIT),
            retry_after=failure.retry_after,
        )
        if failure.code == _GONE:
            feed.active = False
            _ledger(feed, "feed.paused", {"address": feed.address, "reason": _GONE})
        _asked(feed, now, wait=wait)
        _record(
            feed,
            now,
            Poll(
                seconds=seconds,
                outcome=Poll.Outcome.FAILED,
                status=failure.answered,
                code=feed.failure_code,
                reason=feed.failure_reason,
                raw_sha256=kept,
            ),
        )
