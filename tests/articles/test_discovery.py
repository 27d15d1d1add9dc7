"""What an address turned out to be, and the feeds that a page names."""

from __future__ import annotations

import gzip

import pytest

from apps.articles import discovery
from apps.articles.discovery import Alternate

URL = "https://courier.example/sea/"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"<?xml version='1.0'?>\n<!-- a note --><rss version='2.0'></rss>", "feed"),
        (b"\xef\xbb\xbf<feed xmlns='http://www.w3.org/2005/Atom'></feed>", "feed"),
        (b"<rdf:RDF xmlns:rdf='urn:x'></rdf:RDF>", "feed"),
        (b' {"version": "https://jsonfeed.org/version/1"}', "feed"),
        (b"<?xml version='1.0'?><?xml-stylesheet href='x'?><urlset></urlset>", "sitemap"),
        (b"<sitemapindex></sitemapindex>", "sitemap"),
        (gzip.compress(b"<urlset/>", mtime=0), "sitemap"),
        (b"<!DOCTYPE html><html><p>Words</p></html>", "page"),
        (b"Words", "page"),
    ],
)
def test_the_kind_is_told_by_the_first_element(body: bytes, kind: str) -> None:
    assert discovery.look(body, url=URL).kind == kind


def test_a_page_names_its_feeds() -> None:
    page = """<html><head><title>Sea</title>
    <link rel="alternate" type="application/rss+xml" title="News" href="/rss">
    <link rel="ALTERNATE nofollow" type="application/atom+xml; charset=utf-8" href="atom.xml">
    <link rel="alternate" type="application/feed+json" title="J" href="https://courier.example/feed.json">
    <link rel="alternate" type="application/rss+xml" href="/rss">
    <link rel="alternate" type="application/rss+xml" href="javascript:1">
    <link rel="alternate" type="text/html" hreflang="fr" href="/fr"><link rel="stylesheet" href="/s.css">
    </head></html>"""
    found = discovery.look(page.encode(), url=URL)
    assert (found.kind, found.title) == ("page", "Sea")
    assert found.alternates == (
        Alternate("https://courier.example/rss", "News"),
        Alternate("https://courier.example/sea/atom.xml", ""),
        Alternate("https://courier.example/feed.json", "J"),
    )


def test_a_page_of_links_to_feeds_alone_does_not_flood_the_choice() -> None:
    page = "".join(f'<link rel=alternate type=application/rss+xml href="/{n}">' for n in range(100))
    assert len(discovery.look(page.encode(), url=URL).alternates) == 20
