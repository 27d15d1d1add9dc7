"""Every page, feed and listing of the demo outlets, rendered from the data files at the moment it is asked for.

Nothing here knows of sockets: ``Newsstand.respond`` takes a path and the two conditional headers and returns what a
server should say. Feeds follow RSS 2.0, RFC 4287 (Atom) and JSON Feed 1.1, sitemaps sitemaps.org 0.9 with the news
extension, validators and 304 answers RFC 9110. The pages under ``/changing/`` are corrected and taken down while the
site runs, so that this can be watched.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from html import escape
from http import HTTPStatus
from pathlib import Path
from string import Template
from xml.etree import ElementTree as ET

from demo.changing import Changing
from demo.shapes import Article, Dossier, Outlet

ATOM = "http://www.w3.org/2005/Atom"
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
NEWS = "http://www.google.com/schemas/sitemap-news/0.9"
ROBOTS = "User-agent: *\nAllow: /\nCrawl-delay: 0\nSitemap: {base}/sitemap.xml\n"
HTML = "text/html; charset=utf-8"
PAGES = Path(__file__).parent / "pages"

ET.register_namespace("atom", ATOM)
ET.register_namespace("", SITEMAP)
ET.register_namespace("news", NEWS)


@dataclass(frozen=True, slots=True)
class Answer:
    """A response: what http.server needs to send it."""

    status: HTTPStatus
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Document:
    """A rendered document; it was last changed when its newest article appeared."""

    text: str
    media_type: str
    changed: datetime


class Newsstand:
    """The outlets of all demo dossiers under one address, ``base`` (scheme, host and port; no slash at the end)."""

    def __init__(
        self, shelves: Iterable[tuple[Dossier, Sequence[Article]]], *, base: str, changing: Changing | None = None
    ) -> None:
        self.base = base
        self._changing = changing or Changing()
        self._dossiers: dict[str, tuple[Dossier, list[Article]]] = {}
        self._outlets: dict[str, tuple[Outlet, list[Article]]] = {}
        self._articles: dict[str, Article] = {}
        for dossier, articles in shelves:
            newest_first = sorted(articles, key=lambda article: article.published, reverse=True)
            self._dossiers[dossier.slug] = (dossier, newest_first)
            for outlet in dossier.outlets:
                own = [article for article in newest_first if article.outlet == outlet.slug]
                self._outlets[outlet.slug] = (outlet, own)
            self._articles.update({article.path: article for article in articles})
        self._of_an_outlet = {"feed.xml": self._rss, "feed.json": self._json, "news-sitemap.xml": self._news}
        self._page = Template((PAGES / "article.html").read_text(encoding="utf-8"))
        self._style = (PAGES / "style.css").read_text(encoding="utf-8")
        self._listing = Template((PAGES / "listing.html").read_text(encoding="utf-8"))

    def respond(self, target: str, *, if_none_match: str = "", if_modified_since: str = "") -> Answer:
        """The answer to a GET of ``target``, a path with or without a query; the query is ignored."""
        path = target.partition("?")[0]
        document = self._document(path)
        if document is None and self._changing.is_gone(path):
            return Answer(HTTPStatus.GONE, b"This article was taken down.\n", {"Content-Type": "text/plain"})
        if document is None:
            missing = self._listing.substitute(
                title="Not found", summary="No demo outlet has a page at this address.", links="", sections=""
            )
            return Answer(HTTPStatus.NOT_FOUND, missing.encode(), {"Content-Type": HTML})
        body = document.text.encode()
        changed = document.changed.replace(microsecond=0)
        headers = {
            "ETag": f'"{hashlib.sha256(body).hexdigest()[:32]}"',
            "Last-Modified": _http_date(changed),
            "Cache-Control": "no-cache",
        }
        if _unchanged(headers["ETag"], changed, if_none_match, if_modified_since):
            return Answer(HTTPStatus.NOT_MODIFIED, b"", headers)
        return Answer(HTTPStatus.OK, body, {"Content-Type": document.media_type, **headers})

    def _document(self, path: str) -> _Document | None:
        article = self._articles.get(path) or self._changing.asked(path)
        if article is not None:
            return self._article(article)
        parts = path.strip("/").split("/")
        match parts:
            case [""] if path == "/":
                return self._index()
            case ["robots.txt"]:
                return _Document(ROBOTS.format(base=self.base), "text/plain; charset=utf-8", self._newest())
            case ["sitemap.xml"]:
                return self._sitemaps()
            case ["style.css"]:
                return _Document(self._style, "text/css; charset=utf-8", self._newest())
            case ["feeds", name] if name.removesuffix(".atom") in self._dossiers and name.endswith(".atom"):
                return self._atom(*self._dossiers[name.removesuffix(".atom")])
            case [slug] if path.endswith("/") and (shelf := self._shelf(slug)):
                return self._front(*shelf)
            case [slug, name] if name in self._of_an_outlet and (shelf := self._shelf(slug)):
                return self._of_an_outlet[name](*shelf)
        return None

    def _shelf(self, slug: str) -> tuple[Outlet, list[Article]] | None:
        """An outlet with its articles, newest first."""
        if slug == self._changing.outlet.slug:
            return self._changing.outlet, self._changing.articles()
        return self._outlets.get(slug)

    def _newest(self) -> datetime:
        return max(article.published for article in self._articles.values())

    def _article(self, article: Article) -> _Document:
        shelf = self._shelf(article.outlet)
        assert shelf is not None
        outlet, own = shelf
        address = self.base + article.path
        linked = {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "headline": article.headline,
            "description": article.summary,
            "datePublished": article.published.isoformat(),
            "inLanguage": outlet.language,
            "articleSection": article.section,
            "mainEntityOfPage": address,
            "author": {"@type": "Person", "name": article.byline},
            "publisher": {"@type": "NewsMediaOrganization", "name": outlet.name, "url": f"{self.base}/{outlet.slug}/"},
        }
        text = self._page.substitute(
            language=escape(outlet.language),
            headline=escape(article.headline),
            outlet=escape(outlet.name),
            outlet_slug=outlet.slug,
            summary=escape(article.summary),
            byline=escape(article.byline),
            section=escape(article.section),
            address=escape(address),
            published=article.published.isoformat(),
            published_words=f"{article.published.day} {article.published:%B %Y, %H:%M %z}",
            json_ld=json.dumps(linked, ensure_ascii=False).replace("<", "\\u003c"),
            paragraphs="\n".join(f"<p>{escape(paragraph, quote=False)}</p>" for paragraph in article.paragraphs),
            more=_more(outlet, [other for other in own if other is not article]),
        )
        return _Document(text, HTML, article.published)

    def _index(self) -> _Document:
        sections = []
        links = []
        for dossier, articles in self._dossiers.values():
            rows = "\n".join(
                f'<li><a href="/{slug}/">{escape(name)}</a> (<a href="/{slug}/feed.xml">RSS</a>, '
                f'<a href="/{slug}/feed.json">JSON</a>, <a href="/{slug}/news-sitemap.xml">news sitemap</a>)</li>'
                for slug, name in ((outlet.slug, outlet.name) for outlet in dossier.outlets)
            )
            sections.append(
                f"<section><h2>{escape(dossier.title)}</h2>\n<p>{escape(dossier.summary)}</p>\n<ul>\n{rows}\n</ul>\n"
                f'<p>{len(articles)} articles in one <a href="/feeds/{dossier.slug}.atom">Atom feed</a>.</p></section>'
            )
            links.append(
                f'<link rel="alternate" type="application/atom+xml" title="{escape(dossier.title)}" '
                f'href="/feeds/{dossier.slug}.atom">'
            )
        sections.append(
            "<section><h2>Pages that change</h2>\n<p>One article is corrected and one taken down, minutes after each "
            "was first asked for.</p>\n"
            f'<ul><li><a href="/{self._changing.outlet.slug}/">{escape(self._changing.outlet.name)}</a> '
            f'(<a href="/{self._changing.outlet.slug}/feed.xml">RSS</a>)</li></ul></section>'
        )
        text = self._listing.substitute(
            title="Demo newsstand",
            summary="The outlets whose articles the demonstration reads.",
            links="\n".join(links),
            sections="\n".join(sections),
        )
        return _Document(text, HTML, self._newest())

    def _front(self, outlet: Outlet, own: Sequence[Article]) -> _Document:
        text = self._listing.substitute(
            title=escape(outlet.name),
            summary="Newest first.",
            links="\n".join(
                f'<link rel="alternate" type="{kind}" title="{escape(outlet.name)}" href="/{outlet.slug}/{name}">'
                for kind, name in (("application/rss+xml", "feed.xml"), ("application/feed+json", "feed.json"))
            ),
            sections=f'<ul class="articles">\n{_dated(own)}\n</ul>',
        )
        return _Document(text, HTML, own[0].published)

    def _rss(self, outlet: Outlet, own: Sequence[Article]) -> _Document:
        root = ET.Element("rss", version="2.0")
        channel = ET.SubElement(root, "channel")
        _add(channel, "title", outlet.name)
        _add(channel, "link", f"{self.base}/{outlet.slug}/")
        _add(channel, "description", f"All articles of {outlet.name}")
        _add(channel, "language", outlet.language)
        _add(channel, "lastBuildDate", format_datetime(own[0].published))
        itself = f"{self.base}/{outlet.slug}/feed.xml"
        _add(channel, f"{{{ATOM}}}link", href=itself, rel="self", type="application/rss+xml")
        for article in own:
            item = ET.SubElement(channel, "item")
            _add(item, "title", article.headline)
            _add(item, "link", self.base + article.path)
            _add(item, "guid", self.base + article.path, isPermaLink="true")
            _add(item, "pubDate", format_datetime(article.published))
            _add(item, "category", article.section)
            _add(item, "description", article.summary)
        return _Document(_xml(root), "application/rss+xml; charset=utf-8", own[0].published)

    def _json(self, outlet: Outlet, own: Sequence[Article]) -> _Document:
        feed = {
            "version": "https://jsonfeed.org/version/1.1",
            "title": outlet.name,
            "home_page_url": f"{self.base}/{outlet.slug}/",
            "feed_url": f"{self.base}/{outlet.slug}/feed.json",
            "language": outlet.language,
            "items": [
                {
                    "id": self.base + article.path,
                    "url": self.base + article.path,
                    "title": article.headline,
                    "summary": article.summary,
                    "date_published": article.published.isoformat(),
                    "authors": [{"name": article.byline}],
                    "tags": [article.section],
                }
                for article in own
            ],
        }
        text = json.dumps(feed, ensure_ascii=False, indent=1) + "\n"
        return _Document(text, "application/feed+json; charset=utf-8", own[0].published)

    def _news(self, outlet: Outlet, own: Sequence[Article]) -> _Document:
        root = ET.Element(f"{{{SITEMAP}}}urlset")
        for article in own:
            url = _add(root, f"{{{SITEMAP}}}url")
            _add(url, f"{{{SITEMAP}}}loc", self.base + article.path)
            _add(url, f"{{{SITEMAP}}}lastmod", article.published.isoformat())
            news = _add(url, f"{{{NEWS}}}news")
            publication = _add(news, f"{{{NEWS}}}publication")
            _add(publication, f"{{{NEWS}}}name", outlet.name)
            _add(publication, f"{{{NEWS}}}language", outlet.language)
            _add(news, f"{{{NEWS}}}publication_date", article.published.isoformat())
            _add(news, f"{{{NEWS}}}title", article.headline)
        return _Document(_xml(root), "application/xml; charset=utf-8", own[0].published)

    def _sitemaps(self) -> _Document:
        root = ET.Element(f"{{{SITEMAP}}}sitemapindex")
        for outlet, own in self._outlets.values():
            sitemap = _add(root, f"{{{SITEMAP}}}sitemap")
            _add(sitemap, f"{{{SITEMAP}}}loc", f"{self.base}/{outlet.slug}/news-sitemap.xml")
            _add(sitemap, f"{{{SITEMAP}}}lastmod", own[0].published.isoformat())
        return _Document(_xml(root), "application/xml; charset=utf-8", self._newest())

    def _atom(self, dossier: Dossier, articles: Sequence[Article]) -> _Document:
        address = f"{self.base}/feeds/{dossier.slug}.atom"
        root = ET.Element(f"{{{ATOM}}}feed")
        _add(root, f"{{{ATOM}}}title", f"Demo newsstand: {dossier.title}")
        _add(root, f"{{{ATOM}}}id", address)
        _add(root, f"{{{ATOM}}}updated", articles[0].published.isoformat())
        _add(root, f"{{{ATOM}}}link", href=address, rel="self")
        for article in articles:
            entry = _add(root, f"{{{ATOM}}}entry")
            _add(entry, f"{{{ATOM}}}title", article.headline)
            _add(entry, f"{{{ATOM}}}id", self.base + article.path)
            _add(entry, f"{{{ATOM}}}link", href=self.base + article.path, rel="alternate")
            _add(entry, f"{{{ATOM}}}published", article.published.isoformat())
            _add(entry, f"{{{ATOM}}}updated", article.published.isoformat())
            author = _add(entry, f"{{{ATOM}}}author")
            _add(author, f"{{{ATOM}}}name", f"{article.byline}, {self._outlets[article.outlet][0].name}")
            _add(entry, f"{{{ATOM}}}summary", article.summary)
        return _Document(_xml(root), "application/atom+xml; charset=utf-8", articles[0].published)


def _items(articles: Iterable[Article]) -> str:
    return "\n".join(f'<li><a href="{article.path}">{escape(article.headline)}</a></li>' for article in articles)


def _dated(articles: Iterable[Article]) -> str:
    return "\n".join(
        f'<li><a href="{article.path}">{escape(article.headline)}</a> <time datetime="{article.published.isoformat()}">'
        f"{article.published.day} {article.published:%B %Y}</time></li>"
        for article in articles
    )


def _more(outlet: Outlet, others: Sequence[Article]) -> str:
    if not others:
        return ""
    name = f"More from {escape(outlet.name)}"
    return f'<aside class="related" aria-label="{name}">\n<h2>{name}</h2>\n<ul>\n{_items(others)}\n</ul>\n</aside>'


def _add(parent: ET.Element, tag: str, text: str | None = None, **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, tag, attributes)
    element.text = text
    return element


def _xml(root: ET.Element) -> str:
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _http_date(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def _unchanged(tag: str, changed: datetime, if_none_match: str, if_modified_since: str) -> bool:
    """RFC 9110, 13.2.2: the entity tag decides where one is given, else the date; a date nobody can read is ignored."""
    if if_none_match:
        offered = {part.strip().removeprefix("W/") for part in if_none_match.split(",")}
        return tag in offered or "*" in offered
    if not if_modified_since:
        return False
    try:
        since = parsedate_to_datetime(if_modified_since)
    except ValueError:
        return False
    return since.tzinfo is not None and changed <= since
