"""Read a little of everything and print, as JSON, the files that were opened for it. Run with ``loaded`` or ``not``."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Callable
from typing import Any

from apps.articles import discovery, extraction, feeds, listings, opml, page_metadata, sitemaps
from apps.articles.formats import kind_of, reading
from apps.articles.refusals import Refusal
from apps.articles.sandbox import child
from tests.articles import files

AT = "https://a.example/"
ARTICLES = (
    files.PAGE,
    b"<html><body><div>Few words.</div>",
    b"<html><body><article><p>" + b"Words of it. " * 90 + b"<p>Published 3 April 2031, 09:30 CEST.",
    "<p>Größe".encode("latin-1"),
    "Управление порта. ".encode("cp1251") * 9,
    b"<html><head><meta charset=x-none></head><body><p>W\xf6rds",
    b"<html><head><meta charset=idna></head><body><p>W\xf6rds",
    b"<html><head><meta charset=zlib></head><body><p>W\xf6rds",
    files.pdf([[files.Line("Words", 700)]]),
    json.dumps(files.ninjs()).encode(),
    files.news_item().encode(),
    b"%PDF-1.7",
    b"x",
)
FEEDS = (
    (
        b'<rss version="2.0"><channel><item><title>&#0;</title><link>https://a.example/1</link>'
        b"<pubDate>Thu, 03 Apr 2031 09:30:00 CEST</pubDate></item></channel></rss>"
    ),
    b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><link href="/a"/></entry></feed>',
    b"<rss><channel><item>",
    b'{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "url": "https://a.example/1"}]}',
    b"<html><head><link rel=alternate type='application/rss+xml' href=/f></head>",
)
CONTAINERS = (
    files.warc([files.Answer()]),
    files.wacz([files.Answer()]),
    files.zipped({"a.html": files.PAGE, "b.css": b"x"}),
    json.dumps([files.ninjs()]).encode(),
    files.message(files.news_item()),
)
SITEMAP = b"<urlset><url><loc>https://a.example/1</loc><lastmod>2031-04-03</lastmod></url></urlset>"
OPML = b'<opml version="2.0"><body><outline xmlUrl="https://a.example/f"/></body></opml>'


def tried(read: Callable[..., Any], *given: Any, **options: Any) -> None:
    """Read something; that it is refused is as good."""
    try:
        found = read(*given, **options)
        if read is reading.unpack:
            list(found)
    except Refusal:
        return


def read_everything(descriptors: list[int]) -> None:
    for body in ARTICLES:
        tried(extraction.from_bytes, body)
        tried(page_metadata.peek, body, url=AT)
    for body in FEEDS:
        tried(feeds.parse, body, url=AT)
        tried(discovery.look, body, url=AT)
    for body, descriptor in zip(CONTAINERS, descriptors, strict=True):
        tried(reading.unpack, b"", kind=kind_of(body), descriptor=descriptor)
    tried(sitemaps.parse, SITEMAP, url=AT)
    tried(listings.parse, b"<ul><li><a href=/1>One</a></ul>", url=AT, selector="li:nth-child(1) > a:not(.x)")
    tried(opml.parse, OPML)


def main(how: str) -> None:
    opened: list[str] = []
    watching: list[bool] = []

    def watch(event: str, given: tuple[Any, ...]) -> None:
        # Containers are opened by their number; nothing else may be.
        if watching and event == "open" and isinstance(given[0], str):
            opened.append(given[0])

    descriptors = []
    for body in CONTAINERS:
        with tempfile.TemporaryFile() as file:
            file.write(body)
            file.flush()
            descriptors.append(os.dup(file.fileno()))
    if how == "loaded":
        child.load(child.READERS)
    sys.addaudithook(watch)
    watching.append(True)
    read_everything(descriptors)
    watching.clear()
    sys.stdout.write(json.dumps(opened))


if __name__ == "__main__":
    main(sys.argv[1])
