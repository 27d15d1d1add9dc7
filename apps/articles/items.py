"""What feeds of every kind are read into: items that name an article, each with what was said of it."""

from __future__ import annotations

import hashlib
import html
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final, TypeVar

import nh3

from . import addresses, texts
from .refusals import Refusal

LARGEST: Final = 25 * 2**20
"""The most bytes of one feed, sitemap or listing, content encodings undone."""
MOST_ITEMS: Final = 500
"""The most items that are taken from one document: the newest, where it says how old they are."""

T = TypeVar("T")
_PERMALINK: Final = re.compile(r"\s*https?://", re.IGNORECASE)
_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)


class FeedUnreadable(Refusal):
    """No items can be read: not_a_feed, not_a_sitemap, entities_declared, too_large, too_deep, bad_encoding, not_text,
    bad_selector, nothing_selected."""


@dataclass(frozen=True, slots=True)
class Item:
    """One article that a feed names.

    ``guid`` is what the feed knows it by: its own identifier, else its address. ``digest`` (SHA-256 in hex) changes
    whenever the feed says something else of it. ``problem`` is the code of a refusal where it names no address that
    could be fetched; ``url`` is then as it was written.
    """

    guid: str
    url: str
    title: str
    published: datetime | None
    updated: datetime | None = None
    digest: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """What a feed holds: ``refused`` are entries that name no address to fetch, ``cut`` says that there were more.

    ``ttl`` are the seconds that the publisher asks to leave between two requests, ``period`` those between two of its
    updates, ``dialect`` is rss, atom or json.
    """

    title: str
    items: tuple[Item, ...]
    refused: tuple[Item, ...] = ()
    cut: bool = False
    dialect: str = ""
    ttl: int | None = None
    period: int | None = None


def item(
    *,
    guid: str,
    references: Iterable[object],
    base: str,
    title: str,
    published: datetime | None = None,
    updated: datetime | None = None,
    content: Iterable[str] = (),
) -> Item:
    """An item whose address is the first of ``references`` that can be read, made absolute against ``base``."""
    url, problem = _address(references, base)
    title, guid = plain(title), plain(guid)
    said = [title, url, problem, published and published.isoformat(), updated and updated.isoformat(), *content]
    # Lone surrogates too: a publisher may send anything.
    digest = hashlib.sha256("\x1f".join(part or "" for part in said).encode("utf-8", "surrogatepass")).hexdigest()
    return Item(
        guid=guid or url or digest,
        url=url,
        title=title,
        published=published,
        updated=updated,
        digest=digest,
        problem=problem,
    )


def permalink(identifier: object) -> str | None:
    """An identifier that is an address too; any other ("post-17") would be taken for a page beside the feed."""
    return identifier if isinstance(identifier, str) and _PERMALINK.match(identifier) else None


def _address(references: Iterable[object], base: str) -> tuple[str, str]:
    """The address, and why there is none: then what was written first, one line of it."""
    written, problem = "", "no_address"
    for reference in references:
        if not isinstance(reference, str) or not reference.strip():
            continue
        try:
            return addresses.absolute(reference, base=base), ""
        except addresses.BadAddress as error:
            if not written:
                written, problem = texts.normalise(reference[:2_000]).replace("\n", " "), error.code
    return written, problem


def parted(found: Iterable[Item]) -> tuple[tuple[Item, ...], tuple[Item, ...]]:
    """Items and refused ones, in order, each address and each guid once.

    Of several with one address the first stays. A guid that a feed gives to several addresses tells none of them
    apart: those go by their addresses.
    """
    items: dict[str, Item] = {}
    refused: dict[str, Item] = {}
    named: dict[str, set[str]] = defaultdict(set)
    for one in found:
        if one.problem:
            refused.setdefault(one.guid, one)
        else:
            items.setdefault(one.url, one)
            named[one.guid].add(one.url)
    kept = tuple(one if len(named[one.guid]) == 1 else replace(one, guid=one.url) for one in items.values())
    return kept, tuple(refused.values())


def newest(found: list[T], *, age: Callable[[T], datetime | None], most: int = MOST_ITEMS) -> tuple[list[T], bool]:
    """At most so many, and whether there were more: the newest, and those without a date only if room is left.

    The order stays as it was. Comes before anything dear is done with them.
    """
    if len(found) <= most:
        return found, False
    places = sorted(range(len(found)), key=lambda place: age(found[place]) or _LONG_AGO, reverse=True)
    return [found[place] for place in sorted(places[:most])], True


def moment(text: object) -> datetime | None:
    """A date of RFC 3339, of W3C's profile of ISO 8601 or of RFC 822, in UTC; one without a zone is taken for UTC."""
    if not isinstance(text, str):
        return None
    text = text.strip()[:60]
    found: datetime | None = None
    with suppress(ValueError):
        found = datetime.fromisoformat(text)
    if found is None:
        with suppress(ValueError, TypeError, IndexError, OverflowError):
            found = parsedate_to_datetime(text)
    if found is None:
        return None
    with suppress(ValueError, OverflowError):
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    return None


def plain(value: object) -> str:
    """One line of text without markup, at most 500 characters."""
    if not isinstance(value, str):
        return ""
    # Normalised before as well: the sanitiser takes no lone surrogates.
    words = html.unescape(nh3.clean(texts.normalise(value[:2_000]), tags=set()))
    return " ".join(texts.normalise(words).split())[:500]
