"""What people do with feeds: follow one or a list of them, change how, pause, resume, ask now, follow no longer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from apps.accounts.models import Actor
from apps.articles import addresses, guard, listings
from apps.articles.formats.members import shown
from apps.articles.models import Feed
from apps.articles.opml import Entry
from apps.articles.rhythm import SHORTEST
from apps.articles.services.adding import exempt_origins
from apps.core.errors import Conflict, Refusal
from apps.dossiers.models import Dossier
from apps.ledger import services as ledger

USUAL_SECONDS: Final = 900
USUAL_LEAST: Final = 300
USUAL_MOST: Final = 6 * 3600
MOST_FEEDS: Final = 2_000
"""The most feeds of one dossier."""
_TAKEN_BACK: Final = {"token": F("token") + 1, "lease_until": None}
_READ_ANEW: Final[dict[str, Any]] = {"etag": "", "modified": "", "unread": []}
_WELL: Final = {"failures": 0, "failure_code": "", "failure_reason": ""}


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a feed is to be followed: as what it is read, and the seconds between two times that it is asked.

    ``kind`` is empty where it is to be found out. ``title`` is for until it says what it calls itself, ``name`` what it
    is called here, if not that.
    """

    kind: str = ""
    selector: str = ""
    title: str = ""
    least_seconds: int = USUAL_LEAST
    most_seconds: int = USUAL_MOST
    name: str = ""

    @classmethod
    def of(cls, feed: Feed) -> Wanted:
        """As it is followed, or was."""
        return cls(feed.kind, feed.selector, feed.title, feed.least_seconds, feed.most_seconds, feed.name)

    def checked(self) -> Wanted:
        """Raises a refusal where this cannot be: bad_selector, not_used, bad_interval."""
        if self.kind == Feed.Kind.LISTING:
            if not self.selector.strip():
                raise Refusal(_("Say which links on this page are articles."), code="bad_selector")
            listings.check_selector(self.selector)
        elif self.selector:
            raise Refusal(_("A selector is for a page that lists articles (listing)."), code="not_used")
        if not SHORTEST <= self.least_seconds <= self.most_seconds:
            raise Refusal(_("The shortest interval cannot be longer than the longest."), code="bad_interval")
        return self

    @property
    def columns(self) -> dict[str, object]:
        return {
            "kind": self.kind or Feed.Kind.FEED,
            "selector": self.selector if self.kind == Feed.Kind.LISTING else "",
            "least_seconds": self.least_seconds,
            "most_seconds": self.most_seconds,
            "name": shown(self.name.strip(), 120),
        }

    def over(self, feed: Feed) -> Wanted:
        """As wanted, and where nothing was said as the feed was followed before."""
        kind, selector = (self.kind, self.selector) if self.kind else (feed.kind, feed.selector)
        usual = (self.least_seconds, self.most_seconds) == (USUAL_LEAST, USUAL_MOST)
        return replace(
            self,
            kind=kind,
            selector=selector,
            title=self.title or feed.title,
            name=self.name or feed.name,
            least_seconds=feed.least_seconds if usual else self.least_seconds,
            most_seconds=feed.most_seconds if usual else self.most_seconds,
        )


@transaction.atomic
def add_feed(
    *, dossier: Dossier, address: str, every_seconds: int, by: Actor, at: datetime, wanted: Wanted | None = None
) -> Feed:
    """A feed to be asked from now on, first at once and then every so many seconds, until its own rhythm is known.

    One that was followed before goes on with what it knows of its items, under the name and between the intervals it
    had unless others are given. Raises a refusal where its address may not be fetched, its selector cannot be read, or
    it is followed already.
    """
    guard.check_address(address, exempt=exempt_origins())
    every = max(every_seconds, SHORTEST)
    if wanted is None:
        wanted = Wanted(least_seconds=min(every, USUAL_LEAST), most_seconds=max(every, USUAL_MOST))
    wanted.checked()
    assert by.user is not None
    if Feed.objects.filter(dossier=dossier, ended__isnull=True).count() >= MOST_FEEDS:
        raise Refusal(_("This dossier follows as many feeds as it can."), code="too_many_feeds")
    key = _known_as(address)
    before = Feed.objects.select_for_update(no_key=True).filter(dossier=dossier, address=key).first()
    if before is not None and before.ended is None:
        raise _followed_already(before)
    if before is not None:
        wanted = wanted.over(before)
    begins: dict[str, Any] = {
        "every_seconds": min(max(every, wanted.least_seconds), wanted.most_seconds),
        "title": wanted.title[:300],
        "next_poll": at,
        "added": at,
        "added_by": by.user,
        **wanted.columns,
    }
    if before is not None:
        begun = {"active": True, "ended": None, **_WELL, **_READ_ANEW}
        Feed.objects.filter(pk=before.pk).update(**begins, **begun, **_TAKEN_BACK)
        before.refresh_from_db()
        feed = before
    else:
        try:
            with transaction.atomic():
                feed = Feed.objects.create(dossier=dossier, address=key, **begins)
        except IntegrityError as error:
            raise _followed_already(Feed.objects.get(dossier=dossier, address=key)) from error
    with ledger.entry(dossier_id=dossier.pk, actor=by.ref, verb="feed.added", about={"address": feed.address}):
        pass
    return feed


def _followed_already(feed: Feed) -> Conflict:
    if feed.active:
        told = _("This is followed already: %(feed)s.")
    else:
        told = _("This is followed already, and paused: %(feed)s. Resume it to have it asked.")
    return Conflict(told % {"feed": feed}, code="feed_known")


def _known_as(address: str) -> str:
    key = addresses.normalise(address)
    if len(key) > 2_000:
        raise addresses.BadAddress("bad_address", "longer than 2,000 characters")
    return key


@transaction.atomic
def set_feed_active(*, feed: Feed, active: bool, by: Actor, at: datetime) -> None:
    """Stop asking a feed, or begin again at once. Whoever asks it at this moment writes nothing any more.

    Raises a conflict where it is followed no longer.
    """
    followed = Feed.objects.filter(pk=feed.pk, ended__isnull=True)
    if not followed.update(active=active, next_poll=at, failures=0, **_TAKEN_BACK):
        raise _no_longer_followed()
    verb = "feed.resumed" if active else "feed.paused"
    with ledger.entry(dossier_id=feed.dossier_id, actor=by.ref, verb=verb, about={"address": feed.address}):
        pass


@transaction.atomic
def end_feed(*, feed: Feed, by: Actor, at: datetime) -> None:
    """Follow a feed no longer. What it brought stays, also what is on its way; whoever asks it now writes nothing.

    Raises a conflict where that is so already.
    """
    if not Feed.objects.filter(pk=feed.pk, ended__isnull=True).update(ended=at, active=False, **_TAKEN_BACK):
        raise _no_longer_followed()
    with ledger.entry(dossier_id=feed.dossier_id, actor=by.ref, verb="feed.ended", about={"address": feed.address}):
        pass


def _no_longer_followed() -> Conflict:
    return Conflict(_("This feed is followed no longer."), code="feed_ended")


@transaction.atomic
def change_feed(*, feed: Feed, wanted: Wanted, by: Actor, at: datetime) -> None:
    """Follow a feed in another way from now on: it is asked anew, whatever it answered before.

    Raises a refusal: bad_selector, bad_interval, feed_ended.
    """
    wanted.checked()
    row = Feed.objects.select_for_update(no_key=True).get(pk=feed.pk)
    if row.ended is not None:
        raise _no_longer_followed()
    read_anew = (row.kind, row.selector) != (wanted.columns["kind"], wanted.columns["selector"])
    Feed.objects.filter(pk=feed.pk).update(
        every_seconds=min(max(row.every_seconds, wanted.least_seconds), wanted.most_seconds),
        **({"next_poll": at, "failures": 0, **_READ_ANEW, **_TAKEN_BACK} if read_anew else {}),
        **wanted.columns,
    )
    with ledger.entry(dossier_id=feed.dossier_id, actor=by.ref, verb="feed.changed", about={"address": feed.address}):
        pass


def ask_now(*, feed: Feed) -> None:
    """Make a feed due. Whoever is asking it at this moment finishes first; a paused one has to be resumed."""
    if not Feed.objects.filter(pk=feed.pk, active=True).update(next_poll=Now()):
        if Feed.objects.filter(pk=feed.pk, ended__isnull=False).exists():
            raise _no_longer_followed()
        raise Conflict(_("This feed is paused: resume it to have it asked."), code="feed_paused")


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of an outline of a list: the feed, or why it is not followed."""

    entry: Entry
    feed: Feed | None
    code: str = ""
    reason: str = ""


def import_feeds(*, dossier: Dossier, entries: Iterable[Entry], by: Actor, at: datetime) -> list[Imported]:
    """Follow the feeds of a list, each taken or refused by itself, in the order of the list."""
    return [_imported(dossier, entry, by, at) for entry in entries]


def _imported(dossier: Dossier, entry: Entry, by: Actor, at: datetime) -> Imported:
    wanted = Wanted(
        kind=entry.kind,
        selector=entry.selector,
        title=entry.title,
        name=entry.name,
        least_seconds=entry.least_seconds or USUAL_LEAST,
        most_seconds=entry.most_seconds or USUAL_MOST,
    )
    try:
        with transaction.atomic():
            feed = add_feed(
                dossier=dossier, address=entry.address, every_seconds=USUAL_SECONDS, by=by, at=at, wanted=wanted
            )
            if entry.paused:
                set_feed_active(feed=feed, active=False, by=by, at=at)
                feed.refresh_from_db()
    except Refusal as refusal:
        return Imported(entry, None, refusal.code, str(refusal))
    return Imported(entry, feed)
