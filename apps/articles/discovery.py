"""What an address turned out to be: a feed, a sitemap, or a page, and the feeds that the page says it has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from lxml.html import HtmlElement

from . import addresses, jsonfeeds, listings
from .feeds import decoded
from .items import plain

MOST_ALTERNATES: Final = 20

_FEED_TYPES: Final = frozenset({"application/rss+xml", "application/atom+xml", "application/feed+json", "text/xml+rss"})
_ROOT: Final = re.compile(
    r"\s*(?:<\?[^>]{0,500}\?>\s*|<!--.{0,2000}?-->\s*|<!DOCTYPE[^\[>]{0,500}>\s*){0,10}<(?:[A-Za-z][\w.-]{0,20}:)?([A-Za-z]+)",
    re.IGNORECASE | re.DOTALL,
)
_GZIP: Final = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Alternate:
    """A feed that a page names as its own."""

    url: str
    title: str


@dataclass(frozen=True, slots=True)
class Found:
    """``kind`` is feed, sitemap or page; only a page has a title and alternates here."""

    kind: str
    title: str
    alternates: tuple[Alternate, ...]


def look(body: bytes, *, url: str, content_type: str = "") -> Found:
    """Tell what was fetched from ``url``.

    Raises ``FeedUnreadable``: too_large, too_deep, bad_encoding, not_text.
    """
    if body.startswith(_GZIP):  # feeds are not served so, sitemaps often
        return Found("sitemap", "", ())
    text = decoded(body, content_type=content_type)
    if jsonfeeds.is_json(text):
        return Found("feed", "", ())
    root = _ROOT.match(text.lstrip("\ufeff"))
    name = root[1].lower() if root else ""
    if name in {"rss", "rdf", "feed", "channel"}:
        return Found("feed", "", ())
    if name in {"urlset", "sitemapindex"}:
        return Found("sitemap", "", ())
    page = listings.tree(body, content_type=content_type)
    return Found("page", listings.title_of(page), tuple(_alternates(page, url))[:MOST_ALTERNATES])


def _alternates(page: HtmlElement, url: str) -> Iterator[Alternate]:
    base = listings.based(page, url)
    seen: set[str] = set()
    for link in page.iter("link"):
        rel = (link.get("rel") or "").lower().split()
        kind = (link.get("type") or "").partition(";")[0].strip().lower()
        if "alternate" not in rel or kind not in _FEED_TYPES or not link.get("href"):
            continue
        try:
            address = addresses.absolute(link.get("href"), base=base)
        except addresses.BadAddress:
            continue
        if address not in seen:
            seen.add(address)
            yield Alternate(url=address, title=plain(link.get("title")))
