"""Sitemaps (sitemaps.org 0.9) with the news extension: from the bytes of one to the articles it names.

An index names other sitemaps; whoever asks fetches the newest of those and reads them the same way. Nothing is loaded
while reading, no entity is expanded, and elements are let go as soon as they are read.
"""

from __future__ import annotations

import gzip
import io
import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from lxml import etree

from . import addresses
from .feeds import decoded, markup
from .items import LARGEST, FeedUnreadable, Item, item, moment, newest, parted, plain

MOST_TAGS: Final = 1_000_000
"""The most opening tags: 50,000 addresses, the most of one sitemap, take some 400,000."""
MOST_CHILDREN: Final = 5
"""How many sitemaps of an index are read: the newest."""
MOST_LISTED: Final = 50_000

_OPENING_TAG: Final = re.compile("<[A-Za-z]")
_GZIP: Final = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Child:
    """A sitemap that an index names, and when it changed if that is told."""

    url: str
    modified: datetime | None


@dataclass(frozen=True, slots=True)
class Sitemap:
    """``items`` of a sitemap, or ``children`` of an index, the newest first; ``cut`` says that there were more.

    ``title`` is what its news call their publication.
    """

    title: str
    items: tuple[Item, ...]
    refused: tuple[Item, ...]
    children: tuple[Child, ...]
    cut: bool


def parse(body: bytes, *, url: str, content_type: str = "") -> Sitemap:
    """Read a sitemap or an index that was fetched from ``url``, gzipped or not.

    Where a sitemap marks some of its pages as news, the others are no articles and are left out.

    Raises ``FeedUnreadable``: not_a_sitemap, entities_declared, too_large, bad_encoding, not_text.
    """
    text = markup(decoded(_unzipped(body), content_type=content_type))
    tags = sum(1 for _ in _OPENING_TAG.finditer(text))
    if tags > MOST_TAGS:
        raise FeedUnreadable("too_large", f"{tags} elements, more than {MOST_TAGS}")
    pages: list[dict[str, str]] = []
    children: list[Child] = []
    many = False
    for kind, said in _entries(text):
        if len(pages) + len(children) >= MOST_LISTED:
            many = True
            break
        if kind == "sitemap":
            children.extend(_child(said, url))
        else:
            pages.append(said)
    news = [said for said in pages if "news:news" in said]
    kept, cut = newest(news or pages, age=_age)
    items, refused = parted(_item(said, url) for said in kept)
    children.sort(key=lambda child: (child.modified is not None, child.modified), reverse=True)
    return Sitemap(
        title=plain(next((said["news:name"] for said in news if said.get("news:name")), "")),
        items=items,
        refused=refused,
        children=tuple(children[:MOST_CHILDREN]),
        cut=cut or many or len(children) > MOST_CHILDREN,
    )


def _unzipped(body: bytes) -> bytes:
    """The bytes of a ``.xml.gz``, step by step up to the cap; others as they are."""
    if not body.startswith(_GZIP):
        return body
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(body)) as file:
            out = file.read(LARGEST + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise FeedUnreadable("not_a_sitemap", "damaged gzip") from error
    if len(out) > LARGEST:
        raise FeedUnreadable("too_large", f"more than {LARGEST} bytes")
    return out


def _entries(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Each ``url`` and ``sitemap`` with what its elements say, by their local names; news prefixed with ``news:``."""
    source = io.BytesIO(text.encode("utf-8"))
    walk: Any = etree.iterparse(
        source, events=("start", "end"), recover=True, resolve_entities=False, no_network=True, load_dtd=False,
        remove_comments=True, remove_pis=True, encoding="utf-8",
    )  # fmt: skip
    root: Any = None
    try:
        for event, element in walk:
            name = _local(element)
            if root is None:
                root = element
                if name not in {"urlset", "sitemapindex"}:
                    raise FeedUnreadable("not_a_sitemap", f"its root is {name[:40]}")
            elif event == "end" and element.getparent() is root:
                if name in {"url", "sitemap"}:
                    yield name, _said(element)
                root.remove(element)
    except etree.XMLSyntaxError as error:
        if root is None:
            raise FeedUnreadable("not_a_sitemap", str(error)[:200]) from error
    if root is None:
        raise FeedUnreadable("not_a_sitemap", "no element")


def _local(element: Any) -> str:
    return str(etree.QName(element).localname).lower()


def _said(element: Any) -> dict[str, str]:
    said: dict[str, str] = {}
    for part in element.iter(etree.Element):
        if part is element:
            continue
        name = _local(part)
        parent = _local(part.getparent())
        key = f"news:{name}" if parent in {"news", "publication"} or name == "news" else name
        # Of a page's own words the first, not those of a picture or a film in it.
        if parent in {"url", "sitemap", "news", "publication"}:
            said.setdefault(key, (part.text or "").strip())
    return said


def _child(said: dict[str, str], base: str) -> Iterator[Child]:
    with suppress(addresses.BadAddress):
        yield Child(url=addresses.absolute(said.get("loc", ""), base=base), modified=moment(said.get("lastmod")))


def _age(said: dict[str, str]) -> datetime | None:
    return moment(said.get("lastmod")) or moment(said.get("news:publication_date"))


def _item(said: dict[str, str], base: str) -> Item:
    published, modified = moment(said.get("news:publication_date")), moment(said.get("lastmod"))
    return item(
        guid="",
        references=[said.get("loc")],
        base=base,
        title=said.get("news:title", ""),
        published=published or modified,
        updated=modified,
    )
