"""Asking the address of a feed: politely, with limits, and read in a process of its own. Writes nothing down."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from django.utils.translation import gettext as _

from apps.articles import items, rhythm, sandbox
from apps.articles.discovery import Alternate
from apps.articles.fetching import Fetched, RefusedMidway
from apps.articles.items import Item
from apps.articles.models import Feed
from apps.articles.services import hosts
from apps.articles.services.hosts import Busy
from apps.articles.sitemaps import Sitemap
from apps.core.errors import Refusal

PATIENCE: Final = 45.0
"""Seconds for all that one time of asking takes; what a sitemap's index names beyond that is read the next time."""
LONGEST_FETCH: Final = 30.0
LONGEST_CHILD: Final = 10.0
"""Seconds for one sitemap of an index."""
_PERMANENT: Final = frozenset({301, 308})
# What a reader of feeds says of a sitemap, a page, and anything else.
_OF_ANOTHER_KIND: Final = frozenset({"not_a_feed", "not_text", "entities_declared"})


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked: an address, as what it is read, and what the host said of its last answer.

    ``unread`` are the sitemaps of an index that were not read when it was: these are asked for instead of it.
    """

    address: str
    kind: str = Feed.Kind.FEED
    selector: str = ""
    etag: str = ""
    modified: str = ""
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What the host answered.

    ``unchanged`` if nothing changed since the answer that ``Asked`` tells of: then there are no items. ``kind`` is what
    the address turned out to be. ``moved_to`` is where it was redirected to, if for good. ``unread`` are sitemaps of an
    index that remain to be asked for, in ``pause`` seconds.
    """

    status: int
    unchanged: bool
    kind: str
    title: str = ""
    items: tuple[Item, ...] = ()
    refused: tuple[Item, ...] = ()
    cut: bool = False
    dialect: str = ""
    ttl: int | None = None
    period: int | None = None
    etag: str = ""
    modified: str = ""
    moved_to: str = ""
    unread: tuple[str, ...] = ()
    pause: float = 0.0


class NotAnswered(Refusal):
    """No items could be had. ``answered`` is the status of the answer, if there was one, ``raw`` what came with it,
    ``retry_after`` seconds that the host wants to be let be.

    Codes are those of fetching, of robots, of the readers, and ``http_404`` and the like.
    """

    def __init__(
        self,
        reason: object,
        *,
        code: str,
        answered: int | None = None,
        raw: bytes = b"",
        retry_after: int | None = None,
    ) -> None:
        super().__init__(reason, code=code)
        self.answered = answered
        self.raw = raw
        self.retry_after = retry_after


class APage(Refusal):
    """The address leads to a page that is no feed itself, but names ``alternates`` that are."""

    code = "not_a_feed"

    def __init__(self, title: str, alternates: tuple[Alternate, ...]) -> None:
        super().__init__(_("This is a page, not a feed."))
        self.title = title
        self.alternates = alternates


@dataclass(slots=True)
class _Course:
    """One time of asking: until when it may take, and whom to tell that it still goes on."""

    still_ours: Callable[[], None]
    until: float

    @property
    def left(self) -> float:
        return self.until - time.monotonic()


def ask(asked: Asked, *, still_ours: Callable[[], None] = lambda: None, seconds: float = PATIENCE) -> Answer:
    """Ask a host for a feed and read what it answers.

    ``still_ours`` is called before each request, at least every 40 seconds; what it raises ends the asking.

    Raises ``NotAnswered``, ``Busy``, and ``APage`` where a page was found that names feeds.
    """
    course = _Course(still_ours, time.monotonic() + seconds)
    if asked.unread:
        return _read_on(asked, course)
    got = _fetched(asked.address, course, asked, most=LONGEST_FETCH)
    moved_to = _moved_to(got)
    if got.not_modified:
        return Answer(status=got.status, unchanged=True, kind=asked.kind, moved_to=moved_to)
    try:
        answer = _read(got, asked, course)
    except (APage, Busy, NotAnswered):
        raise
    except Refusal as refusal:
        raise NotAnswered(refusal.reason, code=refusal.code, answered=got.status, raw=got.body) from refusal
    return replace(
        answer,
        etag=got.header("etag")[:400],
        modified=got.header("last-modified")[:100],
        moved_to=moved_to,
    )


def _fetched(
    address: str, course: _Course, asked: Asked | None = None, *, patience: float = hosts.PATIENCE, most: float
) -> Fetched:
    """The answer of a host that says 200 or, to what is known, 304. It has ``most`` seconds for it once it is asked."""
    course.still_ours()
    try:
        got = hosts.fetch(
            address,
            etag=asked.etag or None if asked else None,
            modified=asked.modified or None if asked else None,
            max_bytes=items.LARGEST,
            total_seconds=max(1.0, min(most, course.left)),
            patience=patience,
        )
    except RefusedMidway as refused:
        raise NotAnswered(refused.reason, code=refused.code, raw=refused.received) from refused
    course.still_ours()
    if got.status != 200 and not got.not_modified:
        reason = _("The feed answered with status %(status)s.") % {"status": got.status}
        wait = rhythm.of_retry_after(got.header("retry-after"), now=got.ended)
        raise NotAnswered(reason, code=f"http_{got.status}", answered=got.status, raw=got.body, retry_after=wait)
    return got


def _moved_to(got: Fetched) -> str:
    """Where a feed now is, if it was sent there by nothing but permanent redirects (RFC 9110, 15.4.2 and 15.4.9)."""
    on_the_way = [exchange.status for exchange in got.exchanges[:-1]]
    return got.final_url if on_the_way and _PERMANENT.issuperset(on_the_way) else ""


def _read(got: Fetched, asked: Asked, course: _Course) -> Answer:
    said = {"url": got.final_url, "content_type": got.header("content-type")}
    if asked.kind == Feed.Kind.LISTING:
        page = sandbox.read_listing(got.body, selector=asked.selector, **said)
        return _answer(got, asked.kind, title=page.title, items=page.items, refused=page.refused, cut=page.cut)
    if asked.kind == Feed.Kind.SITEMAP:
        return _mapped(got, course)
    try:
        feed = sandbox.read_feed(got.body, **said)
    except Refusal as refusal:
        if refusal.code not in _OF_ANOTHER_KIND:
            raise
        found = sandbox.look(got.body, **said)
        if found.kind == Feed.Kind.SITEMAP:
            return _mapped(got, course)
        # Of what declares entities only a page that names feeds is sure to be a page.
        if found.kind == "page" and (found.alternates or refusal.code != "entities_declared"):
            raise APage(found.title, found.alternates) from refusal
        raise
    return _answer(
        got,
        Feed.Kind.FEED,
        title=feed.title,
        items=feed.items,
        refused=feed.refused,
        cut=feed.cut,
        dialect=feed.dialect,
        ttl=feed.ttl,
        period=feed.period,
    )


def _answer(got: Fetched, kind: str, **found: Any) -> Answer:
    return Answer(status=got.status, unchanged=False, kind=kind, **found)


@dataclass(slots=True)
class _Children:
    """Sitemaps of an index: those ``read``, those ``left`` for in ``pause`` seconds, and why one ``failed``."""

    read: list[Sitemap] = field(default_factory=list)
    left: tuple[str, ...] = ()
    pause: float = 0.0
    failed: Refusal | None = None

    def answer(self, **more: Any) -> Answer:
        together = [one for sitemap in self.read for one in sitemap.items]
        newest, cut = items.newest(together, age=lambda one: one.updated or one.published)
        return Answer(
            status=200,
            unchanged=False,
            kind=Feed.Kind.SITEMAP,
            title=self.read[0].title if len({sitemap.title for sitemap in self.read}) == 1 else "",
            items=items.parted(newest)[0],
            refused=tuple(one for sitemap in self.read for one in sitemap.refused),
            cut=cut or more.pop("cut", False) or self.failed is not None or any(one.cut for one in self.read),
            unread=self.left,
            pause=self.pause,
            **more,
        )


def _mapped(got: Fetched, course: _Course) -> Answer:
    """What a sitemap names, or the newest sitemaps of an index."""
    top = sandbox.read_sitemap(got.body, url=got.final_url, content_type=got.header("content-type"))
    if not top.children:
        return _answer(got, Feed.Kind.SITEMAP, title=top.title, items=top.items, refused=top.refused, cut=top.cut)
    children = _asked_for([child.url for child in top.children], course)
    if not (children.read or children.left):
        raise children.failed or Busy(PATIENCE)
    return children.answer(cut=top.cut)


def _read_on(asked: Asked, course: _Course) -> Answer:
    """What else there was in an index, which is not asked for again before."""
    children = _asked_for(asked.unread, course)
    if children.left == asked.unread:
        raise Busy(children.pause or PATIENCE)
    if children.failed is not None and not (children.read or children.left):
        raise children.failed
    return children.answer(etag=asked.etag, modified=asked.modified)


def _asked_for(addresses: Sequence[str], course: _Course) -> _Children:
    """Sitemaps of an index, one after the other, for as long as there is time and their host lets us."""
    found = _Children()
    for place, address in enumerate(addresses):
        if course.left < LONGEST_CHILD:
            found.left = tuple(addresses[place:])
            break
        try:
            found.read.append(_child(address, course))
        except Busy as busy:
            found.left, found.pause = tuple(addresses[place:]), busy.seconds
            break
        except Refusal as refusal:  # of several, one that is away keeps no other out
            found.failed = refusal
    return found


def _child(address: str, course: _Course) -> Sitemap:
    """One sitemap of an index. An index in an index is as one without articles."""
    patience = max(hosts.PATIENCE, course.left - LONGEST_CHILD)
    got = _fetched(address, course, patience=patience, most=LONGEST_CHILD)
    return sandbox.read_sitemap(got.body, url=got.final_url, content_type=got.header("content-type"))
