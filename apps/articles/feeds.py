"""RSS, Atom and JSON Feed: from the bytes of a feed to the items it names.

feedparser reads the former two. What it is not safe against is dealt with before: entities that a feed declares for
itself (they can multiply without end) are refused, references to characters that do not exist are mended, since one of
them costs it the whole feed, and of a feed with very many entries only the newest reach it. What a feed says of an
article beside its address and title only tells whether it changed: the article is what its own page says.
"""

from __future__ import annotations

import calendar
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Final

import feedparser

from . import charsets, jsonfeeds, rhythm
from .items import LARGEST, MOST_ITEMS, Feed, FeedUnreadable, Item, item, moment, parted, permalink, plain
from .refusals import Unreadable

__all__ = ["LARGEST", "MOST_ITEMS", "NOT_XML", "Feed", "FeedUnreadable", "Item", "decoded", "markup", "parse"]

MOST_TAGS: Final = 100_000
"""The most opening tags of the entries that are read; reading takes some 3 seconds for as many."""

_DECLARATION: Final = re.compile(r"<\?xml[^<>]*\?>", re.IGNORECASE)
_OPENING_TAG: Final = re.compile("<[A-Za-z]")
_ENTITY: Final = re.compile(r"<!ENTITY\b", re.IGNORECASE)
_REFERENCE: Final = re.compile(r"&#(?:x([0-9a-f]+)|([0-9]+));?", re.IGNORECASE)
NOT_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ENTRY: Final = re.compile(r"<(?:[A-Za-z][\w.-]{0,20}:)?(?:item|entry)(?=[\s/>])", re.IGNORECASE)
_ENTRY_END: Final = re.compile(r"</(?:[A-Za-z][\w.-]{0,20}:)?(?:item|entry)\s*>", re.IGNORECASE)
_DATE: Final = re.compile(
    r"<(?:[A-Za-z][\w.-]{0,20}:)?(?:pubDate|published|updated|date|modified|issued)(?:\s[^<>]{0,200})?>\s{0,20}"
    r"(?:<!\[CDATA\[)?([^<\]]{6,60})",
    re.IGNORECASE,
)
_LONGEST_ENTRY: Final = 20_000  # how far into an entry its date is looked for
_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)


def parse(body: bytes, *, url: str, content_type: str = "") -> Feed:
    """Read a feed that was fetched from ``url``. Items come in the feed's order, each address and each guid once.

    Raises ``FeedUnreadable``.
    """
    raw = decoded(body, content_type=content_type)
    if jsonfeeds.is_json(raw):
        return jsonfeeds.parse(raw, url=url)
    xml, cut = _newest(markup(raw))
    tags = sum(1 for _ in _OPENING_TAG.finditer(xml))
    if tags > MOST_TAGS:
        raise FeedUnreadable("too_large", f"{tags} elements, more than {MOST_TAGS}")
    found = _parsed('<?xml version="1.0" encoding="utf-8"?>\n' + _REFERENCE.sub(_existing, xml), url)
    version = found.get("version") or ""
    if not version:
        raise FeedUnreadable("not_a_feed")
    about, entries = found["feed"], found["entries"]
    items, refused = parted(_items(entries[:MOST_ITEMS], url))
    return Feed(
        title=plain(about.get("title")),
        items=items,
        refused=refused,
        cut=cut or len(entries) > MOST_ITEMS,
        dialect="atom" if version.startswith("atom") else "rss",
        ttl=rhythm.of_ttl(about.get("ttl")),
        period=rhythm.of_period(about.get("sy_updateperiod"), about.get("sy_updatefrequency")),
    )


def warm_up() -> None:
    """Read a feed of each dialect, so that whatever the libraries load when they come to it is there."""
    entry = "<{0}><link>https://example.org/1</link><title>&lt;b&gt;A</title><pubDate>3 Apr 2031</pubDate></{0}>"
    whole = f"<rss version='2.0'><channel>{entry.format('item')}</channel></rss>"
    for xml in (whole, whole.replace("</channel>", "<broken &nbsp;"), "<feed/>"):
        with suppress(FeedUnreadable):
            parse(xml.encode(), url="https://example.org/")


def decoded(body: bytes, *, content_type: str) -> str:
    """The characters of a feed. Raises ``FeedUnreadable``: too_large, bad_encoding, not_text."""
    if len(body) > LARGEST:
        raise FeedUnreadable("too_large", f"{len(body)} bytes, more than {LARGEST}")
    try:
        return charsets.decode(body, content_type=content_type)
    except Unreadable as error:
        raise FeedUnreadable(error.code, error.detail) from error


def markup(raw: str) -> str:
    """``raw`` with nothing in it that XML 1.0 cannot hold, and without the declaration of an encoding it is not in.

    Raises ``FeedUnreadable``: entities_declared.
    """
    text = NOT_XML.sub("", raw.lstrip("\ufeff")).lstrip()
    declaration = _DECLARATION.match(text)
    if declaration is not None:
        text = text[declaration.end() :]
    # Wherever it stands: the lenient parser that feedparser falls back on does not ask for a DOCTYPE around it.
    if _ENTITY.search(text):
        raise FeedUnreadable("entities_declared")
    return text


def _newest(xml: str) -> tuple[str, bool]:
    """The feed with its newest entries alone, and whether there were more of them. Costs little however many."""
    starts = [match.start() for match in _ENTRY.finditer(xml)]
    if len(starts) <= MOST_ITEMS:
        return xml, False
    last = _ENTRY_END.search(xml, starts[-1])
    ends = [*starts[1:], last.end() if last else len(xml)]
    places = sorted(range(len(starts)), key=lambda place: _date(xml, starts[place], ends[place]), reverse=True)
    kept = [xml[starts[place] : ends[place]] for place in sorted(places[:MOST_ITEMS])]
    return "".join([xml[: starts[0]], *kept, xml[ends[-1] :]]), True


def _date(xml: str, start: int, end: int) -> datetime:
    found = _DATE.search(xml, start, min(end, start + _LONGEST_ENTRY))
    return (moment(found[1]) if found else None) or _LONG_AGO


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


def _existing(reference: re.Match[str]) -> str:
    digits, base = (reference[1], 16) if reference[1] else (reference[2], 10)
    significant = digits.lstrip("0")
    code = int(significant or "0", base) if len(significant) <= 7 else 0
    exists = (
        code in (0x9, 0xA, 0xD) or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or 0x10000 <= code <= 0x10FFFF
    )
    return f"&#{code};" if exists else charsets.REPLACEMENT


def _items(entries: Iterable[dict[str, Any]], base: str) -> Iterator[Item]:
    for entry in entries:
        identifier = entry.get("id")
        yield item(
            guid=identifier if isinstance(identifier, str) else "",
            references=[entry.get("link"), permalink(identifier)],
            base=base,
            title=entry.get("title") or "",
            published=_moment(entry, "published_parsed") or _moment(entry, "updated_parsed"),
            updated=_moment(entry, "updated_parsed"),
            content=_content(entry),
        )


def _content(entry: Mapping[str, Any]) -> Iterator[str]:
    for part in [entry.get("summary"), *(one.get("value") for one in entry.get("content") or [])]:
        if isinstance(part, str):
            yield part


def _moment(entry: dict[str, Any], name: str) -> datetime | None:
    """When an entry says it was published or updated. feedparser has brought it to UTC."""
    # Not the entry's own get(), which warns where one of the two stands in for the other.
    parts = dict.get(entry, name)
    if parts:
        with suppress(ValueError, OverflowError, TypeError):
            return datetime.fromtimestamp(calendar.timegm(parts), tz=UTC)
    return None
