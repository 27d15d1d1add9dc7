"""What a page says about its article, read from its head, its JSON-LD and its first heading.

schema.org's NewsArticle in JSON-LD comes first, then the Open Graph and Dublin Core names. These are the publisher's
own words about the article, not evidence: an analyst may correct every one of them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal

import htmldate
from dateutil import parser as dates
from lxml.html import HtmlElement

from . import addresses

Precision = Literal["minute", "day", ""]

_ARTICLE_TYPE: Final = re.compile(r"(?:\w*Article|BlogPosting|LiveBlogPosting|\w*NewsArticle|Report)$")
_LANGUAGE: Final = re.compile(r"([a-z]{2,3})(?:[-_][A-Za-z0-9]+)*$", re.IGNORECASE)
_SPACE: Final = re.compile(r"\s+")
_BY: Final = re.compile(r"(?:by|por|par|von)\s+(?=\S)", re.IGNORECASE)
_HAS_TIME: Final = re.compile(r"\d[T ]\s?\d{1,2}:\d\d")
_HAS_ZONE: Final = re.compile(r"(?:Z|UTC|GMT|[+-]\d\d:?\d\d)\s*$", re.IGNORECASE)
_SITE_SUFFIX: Final = re.compile(r"\s+(?:[|»·–—]|-)\s+[^|»·–—]{2,40}$")
_LARGEST_JSON: Final = 512 * 1024
_DEEPEST_JSON: Final = 12

_PUBLISHED: Final = (
    "article:published_time", "og:article:published_time", "datepublished", "parsely-pub-date", "pubdate",
    "publishdate", "dc.date.issued", "dcterms.created", "dc.date", "sailthru.date", "date",
)  # fmt: skip
_AUTHORS: Final = ("author", "byl", "parsely-author", "dc.creator", "sailthru.author", "article:author")


@dataclass(frozen=True, slots=True)
class PageMetadata:
    """All empty where the page does not say. ``language`` is an ISO 639 code in lower case, ``canonical`` absolute."""

    headline: str
    byline: str
    published: datetime | None
    published_precision: Precision
    language: str
    canonical: str
    outlet_name: str


def read(tree: HtmlElement, *, url: str = "") -> PageMetadata:
    """Read a parsed page, fetched from ``url``. The tree is left as it is."""
    metas = _metas(tree)
    article = next(_articles(tree), {})
    published, precision = _published(tree, metas, article)
    return PageMetadata(
        headline=_headline(tree, metas, article),
        byline=_byline(metas, article),
        published=published,
        published_precision=precision,
        language=_language(tree, metas, article),
        canonical=_canonical(tree, metas, url),
        outlet_name=_name_of(article.get("publisher")) or metas.get("og:site_name", "")[:200],
    )


def moment(text: str) -> tuple[datetime | None, Precision]:
    """A date as publishers write them, in UTC. A time without a zone is known to the day only: midnight UTC of it."""
    text = text.strip()[:60]
    if not re.search(r"\d{4}", text):
        return None, ""
    try:
        found = dates.parse(text, default=datetime(1, 1, 1))  # noqa: DTZ001
    except (ValueError, OverflowError, dates.ParserError, RecursionError):
        return None, ""
    if found.year < 1800:
        return None, ""
    if _HAS_TIME.search(text) and (found.tzinfo is not None or _HAS_ZONE.search(text)):
        with suppress(ValueError, OverflowError):
            return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC), "minute"
    return datetime(found.year, found.month, found.day, tzinfo=UTC), "day"


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
    if depth > _DEEPEST_JSON:
        return
    if isinstance(node, list):
        for part in node:
            yield from _typed(part, depth=depth + 1)
    elif isinstance(node, dict):
        types = node.get("@type")
        if any(isinstance(one, str) and _ARTICLE_TYPE.match(one) for one in _many(types)):
            yield node
        for part in node.values():
            if isinstance(part, (list, dict)):
                yield from _typed(part, depth=depth + 1)


def _many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _line(text: str) -> str:
    return _SPACE.sub(" ", text).strip()


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
    told = _text_of(article.get("headline")) or metas.get("og:title") or metas.get("twitter:title") or ""
    title = _line(next((found.text_content() for found in tree.iter("title")), ""))
    headings = [heading for heading in (_line(found.text_content()) for found in tree.iter("h1")) if heading]
    for heading in headings[:5]:
        if heading.casefold() in f"{told} {title}".casefold() and len(heading) >= min(15, len(told or title)):
            return heading[:500]
    if told:
        return _SITE_SUFFIX.sub("", told)[:500]
    if len(headings) == 1:
        return headings[0][:500]
    return _SITE_SUFFIX.sub("", title)[:500]


def _byline(metas: Mapping[str, str], article: Mapping[str, Any]) -> str:
    names = [_name_of(one) for one in _many(article.get("author"))]
    found = ", ".join(dict.fromkeys(name for name in names if name))
    if not found:
        found = next((metas[name] for name in _AUTHORS if name in metas and "://" not in metas[name]), "")
    return _BY.sub("", found, count=1)[:300] if _BY.match(found) else found[:300]


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
    links = [link.get("href") or "" for link in tree.iter("link") if "canonical" in (link.get("rel") or "").lower()]
    for link in [*links[:1], metas.get("og:url", "")]:
        if not link:
            continue
        with suppress(addresses.BadAddress):
            found = addresses.absolute(link, base=url)
            # Sites that name their front page as the canonical address of everything would make one article of all.
            if addresses.parse(found).request_target != "/" or not url or addresses.parse(url).request_target == "/":
                return found
    return ""
