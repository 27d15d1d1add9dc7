"""RSS and Atom: from the bytes of a feed to the items it names.

feedparser reads them. What it is not safe against is dealt with before: entities that a feed declares for itself (they
can multiply without end) are refused, and references to characters that do not exist are mended, since one of them
costs it the whole feed.
"""

from __future__ import annotations

import calendar
import html
import io
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import feedparser
import nh3

from . import addresses, charsets, texts
from .refusals import Refusal, Unreadable

LARGEST: Final = 5 * 2**20
"""The most bytes of one feed."""
MOST_ITEMS: Final = 500
MOST_TAGS: Final = 100_000
"""The most opening tags of one feed; reading takes some 3 seconds for as many."""

_DECLARATION: Final = re.compile(r"<\?xml[^<>]*\?>", re.IGNORECASE)
_OPENING_TAG: Final = re.compile("<[A-Za-z]")
_ENTITY: Final = re.compile(r"<!ENTITY\b", re.IGNORECASE)
_REFERENCE: Final = re.compile(r"&#(?:x([0-9a-f]+)|([0-9]+));?", re.IGNORECASE)
_NOT_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class FeedUnreadable(Refusal):
    """No items can be read: not_a_feed, entities_declared, too_large, bad_encoding, not_text."""


@dataclass(frozen=True, slots=True)
class Item:
    """One article that a feed names. ``guid`` is what the feed knows it by: its own identifier, else its address."""

    guid: str
    url: str
    title: str
    published: datetime | None


@dataclass(frozen=True, slots=True)
class Feed:
    """``skipped`` counts the entries that name no address we could fetch, ``cut`` says that there were more items."""

    title: str
    items: tuple[Item, ...]
    skipped: int
    cut: bool


def parse(body: bytes, *, url: str, content_type: str = "") -> Feed:
    """Read a feed that was fetched from ``url``. Items come in the feed's order, each address and each guid once.

    Raises ``FeedUnreadable``.
    """
    if len(body) > LARGEST:
        raise FeedUnreadable("too_large", f"{len(body)} bytes, more than {LARGEST}")
    try:
        raw = charsets.decode(body, content_type=content_type)
    except Unreadable as error:
        raise FeedUnreadable(error.code, error.detail) from error
    xml = _repaired(raw)
    # Wherever it stands: the lenient parser that feedparser falls back on does not ask for a DOCTYPE around it.
    if _ENTITY.search(xml):
        raise FeedUnreadable("entities_declared")
    tags = sum(1 for _ in _OPENING_TAG.finditer(xml))
    if tags > MOST_TAGS:
        raise FeedUnreadable("too_large", f"{tags} elements, more than {MOST_TAGS}")
    found = _parsed(xml, url)
    if not found.get("version"):
        raise FeedUnreadable("not_a_feed")
    entries = found["entries"]
    items = list(_items(entries[:MOST_ITEMS], url))
    return Feed(
        title=_plain(found["feed"].get("title")),
        items=_distinct(item for item in items if item is not None),
        skipped=items.count(None),
        cut=len(entries) > MOST_ITEMS,
    )


def _parsed(xml: str, url: str) -> Mapping[str, Any]:
    # A stream, never a string: feedparser would open one that looks like an address or a file.
    stream = io.BytesIO(xml.encode("utf-8"))
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": url}
    try:
        parsed: Mapping[str, Any] = feedparser.parse(
            stream, response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except (ValueError, TypeError, AttributeError, KeyError, IndexError, AssertionError, RecursionError) as error:
        raise FeedUnreadable("not_a_feed", f"{type(error).__name__} in the parser") from error
    return parsed


def _repaired(raw: str) -> str:
    """``raw`` with nothing in it that XML 1.0 cannot hold, and with the encoding it is now in."""
    text = _NOT_XML.sub("", raw.lstrip("\ufeff")).lstrip()
    declaration = _DECLARATION.match(text)
    if declaration is not None:
        text = text[declaration.end() :]
    return '<?xml version="1.0" encoding="utf-8"?>\n' + _REFERENCE.sub(_existing, text)


def _existing(reference: re.Match[str]) -> str:
    digits, base = (reference[1], 16) if reference[1] else (reference[2], 10)
    significant = digits.lstrip("0")
    code = int(significant or "0", base) if len(significant) <= 7 else 0
    exists = (
        code in (0x9, 0xA, 0xD) or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or 0x10000 <= code <= 0x10FFFF
    )
    return f"&#{code};" if exists else charsets.REPLACEMENT


def _items(entries: Iterable[dict[str, Any]], base: str) -> Iterable[Item | None]:
    for entry in entries:
        address = _address(entry, base)
        if address is None:
            yield None
            continue
        yield Item(
            guid=_plain(entry.get("id")) or address,
            url=address,
            title=_plain(entry.get("title")),
            published=_moment(entry),
        )


def _address(entry: dict[str, Any], base: str) -> str | None:
    """Where an entry's article is: its link, else an identifier that is an address."""
    for reference in (entry.get("link"), entry.get("id")):
        if isinstance(reference, str) and reference.strip():
            with suppress(addresses.BadAddress):
                return addresses.absolute(reference, base=base)
    return None


def _moment(entry: dict[str, Any]) -> datetime | None:
    """When an entry says it was published, else updated. feedparser has brought it to UTC."""
    for name in ("published_parsed", "updated_parsed"):
        # Not the entry's own get(), which warns where one of the two stands in for the other.
        parts = dict.get(entry, name)
        if parts:
            with suppress(ValueError, OverflowError, TypeError):
                return datetime.fromtimestamp(calendar.timegm(parts), tz=UTC)
    return None


def _plain(value: object) -> str:
    """One line of text without markup, at most 500 characters."""
    if not isinstance(value, str):
        return ""
    words = html.unescape(nh3.clean(value[:2_000], tags=set()))
    return " ".join(texts.normalise(words).split())[:500]


def _distinct(items: Iterable[Item]) -> tuple[Item, ...]:
    kept: dict[str, Item] = {}
    seen: set[str] = set()
    for item in items:
        if item.guid not in kept and item.url not in seen:
            kept[item.guid] = item
            seen.add(item.url)
    return tuple(kept.values())
