"""What a page says about its article, read from its head, its JSON-LD and its first heading.

schema.org's NewsArticle in JSON-LD comes first, then the Open Graph and Dublin Core names. These are the publisher's
own words about the article, not evidence: an analyst may correct every one of them.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from itertools import islice
from typing import Any, Final, Literal

import htmldate
from dateutil import parser as dates
from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from . import addresses, charsets
from .refusals import Unreadable

Precision = Literal["minute", "day", ""]

_ARTICLE_TYPE: Final = re.compile(r"(?:\w*Article|BlogPosting|LiveBlogPosting|\w*NewsArticle|Report)$")
_LANGUAGE: Final = re.compile(r"([a-z]{2,3})(?:[-_][A-Za-z0-9]+)*$", re.IGNORECASE)
_SPACE: Final = re.compile(r"\s+")
_BY: Final = re.compile(r"\A(?:by|por|par|von)\s+(?=\S)", re.IGNORECASE)
_HAS_TIME: Final = re.compile(r"\d[T ]\s?\d{1,2}:\d\d")
# The zones that RFC 822 names, in hours from UTC; every other abbreviation has several meanings.
_ZONES: Final = {"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7}
_SITE_SUFFIX: Final = re.compile(r"\s+[|»·–—-]\s+([^|»·–—]{2,60})$")
_NOT_WORDS: Final = re.compile(r"\W+")
_LONGEST: Final = 500
_SHORTEST: Final = 12
_MOST_HEADINGS: Final = 5
_LARGEST_JSON: Final = 512 * 1024
_DEEPEST_JSON: Final = 12
_HEAD: Final = 256 * 1024
_HEAD_END: Final = re.compile(r"</head|<body", re.IGNORECASE)
# One site at several hosts: with the readers of telephones, or for whoever leaves out the first three letters.
_SAME_SITE: Final = re.compile(r"(?:(?:www\d?|m|mobile|amp)\.)+")

_PUBLISHED: Final = (
    "article:published_time", "og:article:published_time", "datepublished", "parsely-pub-date", "pubdate",
    "publishdate", "dc.date.issued", "dcterms.created", "dc.date", "sailthru.date", "date",
)  # fmt: skip
_MODIFIED: Final = (
    "article:modified_time", "og:article:modified_time", "og:updated_time", "datemodified", "dcterms.modified",
    "dc.date.modified", "last-modified",
)  # fmt: skip
_NOBODY: Final = frozenset({"admin", "administrator", "editor", "webmaster"})
_AUTHORS: Final = ("author", "byl", "parsely-author", "dc.creator", "sailthru.author", "article:author")


@dataclass(frozen=True, slots=True)
class PageMetadata:
    """All empty where the page does not say.

    ``language`` is an ISO 639 code in lower case, ``canonical`` an absolute address of the page's own site, ``credit``
    the organisation that the page says the text comes from, where that is another than its publisher.
    """

    headline: str
    byline: str
    credit: str
    published: datetime | None
    published_precision: Precision
    modified: datetime | None
    language: str
    canonical: str
    outlet_name: str


@dataclass(frozen=True, slots=True)
class Peek:
    """What the head of a page says about where the page is: ``canonical``, absolute, empty where it does not say."""

    canonical: str


def peek(body: bytes, *, content_type: str = "", url: str) -> Peek:
    """Read only the head of a page that was fetched from ``url``. What is no page says nothing; never raises."""
    try:
        head = charsets.decode(body[:_HEAD], content_type=content_type)
    except Unreadable:
        return Peek("")
    end = _HEAD_END.search(head)
    head = head[: end.start()] if end else head
    try:
        parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False)
        tree = document_fromstring(head.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):
        return Peek("")
    return Peek(_canonical(tree, _metas(tree), url))


def same_site(one: str, other: str) -> bool:
    """Whether two addresses are of one host, but for what names its form for telephones or its www."""
    try:
        hosts = [_SAME_SITE.sub("", addresses.parse(address).host, count=1) for address in (one, other)]
    except addresses.BadAddress:
        return False
    return hosts[0] == hosts[1]


def read(tree: HtmlElement, *, url: str = "") -> PageMetadata:
    """Read a parsed page, fetched from ``url``. The tree is left as it is."""
    metas = _metas(tree)
    article = next(_articles(tree), {})
    published, precision = _published(tree, metas, article)
    outlet_name = _name_of(article.get("publisher")) or metas.get("og:site_name", "")[:200]
    return PageMetadata(
        headline=_headline(tree, metas, article),
        byline=_byline(metas, article),
        credit=_credit(metas, article, outlet_name),
        published=published,
        published_precision=precision,
        modified=_modified(metas, article, published),
        language=_language(tree, metas, article),
        canonical=_canonical(tree, metas, url),
        outlet_name=outlet_name,
    )


def moment(text: str) -> tuple[datetime | None, Precision]:
    """A date as publishers write them, in UTC. A time without a zone is known to the day only: midnight UTC of it."""
    text = text.strip()[:60]
    if not re.search(r"\d{4}", text):
        return None, ""
    try:
        found = dates.parse(text, default=datetime(1, 1, 1, tzinfo=None), tzinfos=_zone)  # noqa: DTZ001
    except (ValueError, OverflowError, dates.ParserError, RecursionError):
        return None, ""
    if not 1800 <= found.year <= 9000:
        return None, ""
    if found.tzinfo is not None and _HAS_TIME.search(text):
        with suppress(ValueError, OverflowError):
            return found.astimezone(UTC), "minute"
    return datetime(found.year, found.month, found.day, tzinfo=UTC), "day"


def _zone(name: str | None, offset: int | None) -> tzinfo | None:
    """The zone that dateutil has read, as seconds from UTC or as an abbreviation."""
    if offset is not None:
        return timezone(timedelta(seconds=offset))
    return timezone(timedelta(hours=_ZONES[name])) if name in _ZONES else None


def _metas(tree: HtmlElement) -> dict[str, str]:
    metas: dict[str, str] = {}
    for meta in tree.iter("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop") or ""
        content = _line(meta.get("content") or "")
        if name and content:
            metas.setdefault(name.lower(), content)
    return metas


def _articles(tree: HtmlElement) -> Iterator[Mapping[str, Any]]:
    for script in tree.iter("script"):
        text = script.text or ""
        if "ld+json" in (script.get("type") or "").lower() and len(text) <= _LARGEST_JSON:
            with suppress(ValueError, RecursionError):
                yield from _typed(json.loads(text, strict=False), depth=0)


def _typed(node: Any, *, depth: int) -> Iterator[Mapping[str, Any]]:
    """Every article in a JSON-LD value, wherever it is nested."""
    if depth > _DEEPEST_JSON or not isinstance(node, (list, dict)):
        return
    if isinstance(node, dict):
        if any(isinstance(one, str) and _ARTICLE_TYPE.match(one) for one in _many(node.get("@type"))):
            yield node
        node = list(node.values())
    for part in node:
        yield from _typed(part, depth=depth + 1)


def _many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _line(text: str) -> str:
    """One line of text. References are resolved once more: in JSON-LD and in content attributes many are left over."""
    return _SPACE.sub(" ", html.unescape(text)).strip()


def _text_of(value: Any) -> str:
    return _line(value) if isinstance(value, str) else ""


def _name_of(value: Any) -> str:
    """The name of an organisation or a person in JSON-LD, which may be written as a bare string."""
    for one in _many(value):
        name = _text_of(one.get("name") if isinstance(one, dict) else one)
        if name and "://" not in name:
            return name[:200]
    return ""


def _headline(tree: HtmlElement, metas: Mapping[str, str], article: Mapping[str, Any]) -> str:
    """The heading that is printed on the page where the page's head bears it out, for its words are the evidence."""
    site = metas.get("og:site_name", "")
    told = _text_of(article.get("headline")) or metas.get("og:title") or metas.get("twitter:title") or ""
    told = _without_site(told, site)
    title = _line(next((found.text_content() for found in tree.iter("title")), ""))
    headings = [_line(found.text_content()) for found in islice(tree.iter("h1"), _MOST_HEADINGS)]
    headings = [heading for heading in headings if heading and _folded(heading) != _folded(site)]
    for heading in headings:
        if _bears_out(heading, told or title):
            return heading[:_LONGEST]
    if told:
        return told[:_LONGEST]
    return (headings[0] if len(headings) == 1 else _without_site(title, site) or title)[:_LONGEST]


def _bears_out(heading: str, told: str) -> bool:
    """Whether a heading and what the page's head tells are one headline, one of them perhaps with more around it."""
    printed, expected = _folded(heading), _folded(told)
    shorter, longer = sorted((printed, expected), key=len)
    return (len(shorter) >= _SHORTEST and shorter in longer) or printed == expected != ""


def _without_site(title: str, site: str) -> str:
    """A title without the name of its site at the end ("... | The Courier"), where the page says what that name is."""
    match = _SITE_SUFFIX.search(title)
    if match is None or not site or _folded(match[1]) not in _folded(site) + " " + _folded(site).replace(" ", ""):
        return title
    return title[: match.start()]


def _folded(text: str) -> str:
    return _NOT_WORDS.sub(" ", text).strip().casefold()


def _byline(metas: Mapping[str, str], article: Mapping[str, Any]) -> str:
    names = [_name_of(one) for one in _many(article.get("author"))]
    found = ", ".join(dict.fromkeys(name for name in names if name))
    if not found:
        found = next((metas[name] for name in _AUTHORS if name in metas and "://" not in metas[name]), "")
    return "" if found.casefold() in _NOBODY else _BY.sub("", found)[:300]


def _credit(metas: Mapping[str, str], article: Mapping[str, Any], outlet_name: str) -> str:
    """Whom the page credits with its text, where it is somebody else: syndicated articles say so."""
    said = [_name_of(article.get(name)) for name in ("sourceOrganization", "provider")]
    found = next((name for name in (*said, metas.get("dc.source", "")) if name and "://" not in name), "")
    return "" if _folded(found) == _folded(outlet_name) else found[:120]


def _modified(metas: Mapping[str, str], article: Mapping[str, Any], published: datetime | None) -> datetime | None:
    """When the page says that it was last changed; not where that is before it was published."""
    for text in (_text_of(article.get("dateModified")), *(metas.get(name, "") for name in _MODIFIED)):
        found, precision = moment(text) if text else (None, "")
        if found is not None and precision == "minute":
            return None if published is not None and found < published else found
    return None


def _published(
    tree: HtmlElement, metas: Mapping[str, str], article: Mapping[str, Any]
) -> tuple[datetime | None, Precision]:
    said = [_text_of(article.get("datePublished")), *(metas.get(name, "") for name in _PUBLISHED)]
    said += [time.get("datetime") or "" for time in tree.iter("time")][:3]
    day: tuple[datetime | None, Precision] = (None, "")
    for text in said:
        found = moment(text) if text else day
        if found[1] == "minute":
            return found
        day = day if day[0] else found
    if day[0] is None:
        with suppress(ValueError, TypeError, AttributeError, RecursionError):
            day = moment(htmldate.find_date(tree, extensive_search=False, original_date=True) or "")
    return day


def _language(tree: HtmlElement, metas: Mapping[str, str], article: Mapping[str, Any]) -> str:
    root = tree.getroottree().getroot()
    said = (
        root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or root.get("xml:lang"),
        _text_of(article.get("inLanguage")),
        metas.get("og:locale"),
        metas.get("language"),
    )
    for text in said:
        match = _LANGUAGE.match((text or "").strip())
        if match:
            return match[1].lower()
    return ""


def _canonical(tree: HtmlElement, metas: Mapping[str, str], url: str) -> str:
    """The address that a page of ``url`` gives itself: of its own site, for a page speaks for no other.

    Nor is it the front page, unless it was asked for: sites that name it as the canonical address of everything would
    make one article of all.
    """
    links = [link.get("href") or "" for link in tree.iter("link") if "canonical" in (link.get("rel") or "").lower()]
    for link in [*links[:1], metas.get("og:url", "")]:
        if not link:
            continue
        with suppress(addresses.BadAddress):
            found = addresses.absolute(link, base=url)
            front = addresses.parse(found).request_target == "/"
            if not url and not front:
                return found
            if url and same_site(found, url) and (not front or addresses.parse(url).request_target == "/"):
                return found
    return ""
