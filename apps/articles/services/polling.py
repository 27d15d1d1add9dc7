"""Feeds: asked when due, politely, and their new items taken in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import Actor
from apps.articles import addresses, feeds, fetching, guard
from apps.articles.models import Article, Feed, Intake
from apps.articles.services.adding import add_address, exempt_origins
from apps.core.errors import Conflict, Refusal
from apps.dossiers.models import Dossier
from apps.ledger import services as ledger

LEASE_SECONDS = 90
LONGEST_WAIT = 6 * 3600


@transaction.atomic
def add_feed(*, dossier: Dossier, address: str, every_seconds: int, by: Actor, at: datetime) -> Feed:
    """A feed to be asked from now on. Raises a refusal where its address may not be fetched."""
    guard.check_address(address, exempt=exempt_origins())
    assert by.user is not None
    try:
        with transaction.atomic():
            feed = Feed.objects.create(
                dossier=dossier,
                address=addresses.normalise(address),
                every_seconds=max(every_seconds, 15),
                next_poll=at,
                added=at,
                added_by=by.user,
            )
    except IntegrityError as error:
        raise Conflict(_("This feed is already asked."), code="feed_known") from error
    with ledger.entry(dossier_id=dossier.pk, actor=by.ref, verb="feed.added", about={"address": feed.address}):
        pass
    return feed


@transaction.atomic
def set_feed_active(*, feed: Feed, active: bool, by: Actor, at: datetime) -> None:
    """Stop asking a feed, or begin again at once."""
    Feed.objects.filter(pk=feed.pk).update(active=active, next_poll=at, failures=0)
    verb = "feed.resumed" if active else "feed.paused"
    with ledger.entry(dossier_id=feed.dossier_id, actor=by.ref, verb=verb, about={"address": feed.address}):
        pass


@dataclass(frozen=True)
class ClaimedFeed:
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
    """Ask a feed and take in what is new. A failure is recorded on the feed and waits longer each time."""
    feed = claimed.feed
    try:
        got = fetching.fetch(
            feed.address,
            user_agent=settings.FETCH_USER_AGENT,
            exempt=exempt_origins(),
            etag=feed.etag or None,
            modified=feed.modified or None,
            max_bytes=5 * 2**20,
        )
        if got.not_modified:
            _answered(claimed, seen=0)
            return []
        if got.status != 200:
            reason = _("The feed answered with status %(status)s.") % {"status": got.status}
            _failed(claimed, code=f"http_{got.status}", reason=reason)
            return []
        parsed = feeds.parse(got.body, url=got.final_url, content_type=got.header("content-type"))
    except Refusal as refusal:
        _failed(claimed, code=refusal.code, reason=str(refusal.reason))
        return []
    headers = {name.lower(): value for name, value in got.headers}
    added = _take_in(feed, parsed)
    _answered(
        claimed,
        seen=len(added),
        title=parsed.title[:300],
        etag=headers.get("etag", "")[:400],
        modified=headers.get("last-modified", "")[:100],
    )
    return added


def _take_in(feed: Feed, parsed: feeds.Feed) -> list[Intake]:
    added: list[Intake] = []
    last_first = parsed.items[::-1]
    # The oldest first, whatever the feed's order: of two that carry one text, the first to come in is the original.
    for item in sorted(last_first, key=lambda item: item.published or timezone.now()):
        try:
            key = addresses.normalise(item.url)
            if _known(feed.dossier_id, key):
                continue
            got = add_address(
                dossier=feed.dossier,
                address=item.url,
                by=Actor.part(f"feed/{feed.pk}"),
                at=timezone.now(),
                feed=feed,
            )
        except Refusal:
            continue  # an item that cannot be fetched must not keep the others out
        if got.new:
            added.append(got.intake)
    return added


def _known(dossier_id: int, key: str) -> bool:
    return (
        Article.objects.in_dossier(dossier_id).filter(address_key=key).exists()
        or Intake.objects.in_dossier(dossier_id).filter(address_key=key).exists()
    )


def _answered(claimed: ClaimedFeed, *, seen: int, **seen_of_it: str) -> None:
    now = timezone.now()
    Feed.objects.filter(pk=claimed.feed.pk, token=claimed.token).update(
        lease_until=None,
        last_success=now,
        next_poll=now + timedelta(seconds=claimed.feed.every_seconds),
        items_seen=F("items_seen") + seen,
        failures=0,
        failure_code="",
        failure_reason="",
        **seen_of_it,
    )


def _failed(claimed: ClaimedFeed, *, code: str, reason: str) -> None:
    failures = claimed.feed.failures + 1
    wait = min(claimed.feed.every_seconds * 2 ** min(failures, 8), LONGEST_WAIT)
    Feed.objects.filter(pk=claimed.feed.pk, token=claimed.token).update(
        lease_until=None,
        next_poll=timezone.now() + timedelta(seconds=wait),
        failures=failures,
        failure_code=code[:40],
        failure_reason=reason[:500],
    )
