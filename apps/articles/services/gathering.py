"""Taking in what a feed showed: its new items, and another look at those of which it says something else now.

What a feed holds of an article beside its address, a summary or the text itself, is not used: the article is what its
own page says. Here it only tells whether anything changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from apps.accounts.models import Actor
from apps.articles import addresses, refusals
from apps.articles.items import Item
from apps.articles.models import Article, Capture, Feed, FeedItem, Intake, OtherAddress
from apps.articles.services import revisiting
from apps.articles.services.adding import add_address
from apps.articles.services.refusing import as_kept
from apps.core.errors import Conflict, Refusal

LONGEST_ADDRESS: Final = 2_000
"""The longest that the columns of an address hold."""


@dataclass(slots=True)
class Gathered:
    """What came of the items of one answer: ``fresh`` ones were not shown before, ``added`` are on their way now."""

    fresh: int = 0
    changed: int = 0
    refused: int = 0
    added: list[Intake] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Known:
    """Keys of addresses that are shown: those of articles, those that are or were on their way, those that changed."""

    articles: frozenset[str]
    coming: set[str]
    changed: set[str] = field(default_factory=set)


def gather(feed: Feed, shown: Iterable[Item], *, at: datetime) -> Gathered:
    """Take in the items that are new, and have those looked at again that changed.

    What cannot be fetched becomes a failed row with its reason, once, and keeps nothing else out. To be called while
    the feed's row is held: four queries, and three or so for each new item.
    """
    gathered = Gathered()
    # The oldest first, whatever the feed's order: of two that carry one text, the first to come in is the original.
    last_first = list(shown)[::-1]
    items = sorted(last_first, key=lambda item: item.published or at)
    digests = [_digest(item.guid) for item in items]
    rows = {row.guid_digest: row for row in FeedItem.objects.filter(feed=feed, guid_digest__in=digests)}
    news = [item for item in items if _says_something_new(item, rows.get(_digest(item.guid)))]
    known = _known(feed.dossier_id, [key for item in news if (key := _key(item))])
    for item in news:
        row = rows.get(_digest(item.guid))
        if row is None:
            gathered.fresh += 1
            row = FeedItem(feed=feed, guid_digest=_digest(item.guid), guid=item.guid[:500], first_seen=at)
            row.refused_code = _take(feed, item, known, gathered, at=at)
        else:
            gathered.changed += 1
            row.refused_code = _changed(feed, item, row, known, gathered, at=at)
        row.address, row.title, row.published = item.url[:LONGEST_ADDRESS], item.title[:500], item.published
        row.digest, row.last_changed = item.digest, at
        row.save()
    revisiting.look_soon(dossier_id=feed.dossier_id, address_keys=known.changed)
    return gathered


def _digest(guid: str) -> str:
    return hashlib.sha256(guid.encode("utf-8", "surrogatepass")).hexdigest()


def _says_something_new(item: Item, row: FeedItem | None) -> bool:
    return row is None or row.digest != item.digest


def _key(item: Item) -> str:
    """The address under which the article would be known; empty where there is none that could be fetched."""
    return "" if item.problem or len(item.url) > LONGEST_ADDRESS else addresses.normalise(item.url)


def _known(dossier_id: int, keys: list[str]) -> _Known:
    articles = Article.objects.in_dossier(dossier_id).filter(address_key__in=keys).values_list("address_key", flat=True)
    others = OtherAddress.objects.in_dossier(dossier_id).filter(key__in=keys).values_list("key", flat=True)
    coming = Intake.objects.in_dossier(dossier_id).filter(address_key__in=keys).values_list("address_key", flat=True)
    return _Known(frozenset([*others, *map(str, articles)]), set(coming))


def _changed(feed: Feed, item: Item, row: FeedItem, known: _Known, gathered: Gathered, *, at: datetime) -> str:
    """A known item of which the feed says something else: the article is looked at, or a new link taken in."""
    key = _key(item)
    if row.refused_code and row.address == item.url[:LONGEST_ADDRESS]:
        return row.refused_code
    if key not in known.articles:
        return _take(feed, item, known, gathered, at=at)
    known.changed.add(key)
    return ""


def _take(feed: Feed, item: Item, known: _Known, gathered: Gathered, *, at: datetime) -> str:
    """Have an item fetched, unless its address is known; the code of the refusal where it cannot be."""
    key = _key(item)
    if key and (key in known.articles or key in known.coming):
        return ""
    code = item.problem or ("" if key else "bad_address")
    if not code:
        known.coming.add(key)
        try:
            got = add_address(
                dossier=feed.dossier, address=item.url, by=Actor.part(f"feed/{feed.pk}"), at=at, feed=feed
            )
        except Conflict:
            return ""  # somebody else adds it at this very moment
        except Refusal as refusal:  # of which there is a row
            gathered.refused += 1
            return refusal.code
        gathered.added += [got.intake] if got.new else []
        return ""
    if item.url:  # what names no address at all is only an item of the feed
        _note_refused(feed, item, code, at=at)
    gathered.refused += 1
    return code


def _note_refused(feed: Feed, item: Item, code: str, *, at: datetime) -> None:
    Intake.objects.create(
        dossier_id=feed.dossier_id,
        method=Capture.Method.FETCHED,
        address=as_kept(item.url),
        headline=item.title[:500],
        feed=feed,
        actor=Actor.part(f"feed/{feed.pk}").ref,
        added=at,
        run_after=at,
        finished=at,
        state=Intake.State.FAILED,
        failure_code=code[:40],
        failure_reason=refusals.sentence(code)[:500],
    )
