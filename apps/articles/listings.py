"""A page that lists articles: a CSS selector says which of its links, or elements with a link in them, are articles."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from cssselect import HTMLTranslator, SelectorError
from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from . import addresses
from .feeds import NOT_XML, decoded
from .items import FeedUnreadable, Item, item, moment, newest, parted, plain

MOST_TAGS: Final = 100_000
"""The most opening tags of one page."""
LONGEST_SELECTOR: Final = 300
MOST_SELECTED: Final = 5_000

_OPENING_TAG: Final = re.compile("<[A-Za-z]")
_NEAR: Final = 4
"""How many elements up from a link its time is looked for."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What a page lists, in its order: ``title`` is the page's, ``cut`` says that there was more."""

    title: str
    items: tuple[Item, ...]
    refused: tuple[Item, ...]
    cut: bool


def check_selector(selector: str) -> str:
    """The XPath that a CSS selector stands for. Raises ``FeedUnreadable``: bad_selector."""
    if not selector.strip() or len(selector) > LONGEST_SELECTOR:
        raise FeedUnreadable("bad_selector", f"{len(selector)} characters")
    if NOT_XML.search(selector):
        raise FeedUnreadable("bad_selector", "a control character")
    try:
        return str(HTMLTranslator().css_to_xpath(selector))
    except (SelectorError, ValueError, TypeError, RecursionError) as error:
        raise FeedUnreadable("bad_selector", str(error)[:200]) from error


def parse(body: bytes, *, url: str, selector: str, content_type: str = "") -> Listing:
    """Read a page that was fetched from ``url``. A page on which nothing is selected is a failure, as it has changed.

    The title of an article is the text of its link; its time that of a ``time`` element beside it, if there is one.

    Raises ``FeedUnreadable``: bad_selector, nothing_selected, too_large, too_deep, bad_encoding, not_text.
    """
    path = check_selector(selector)
    page = tree(body, content_type=content_type)
    try:
        selected = page.xpath(path)
    except etree.XPathError as error:
        raise FeedUnreadable("bad_selector", str(error)[:200]) from error
    links = list(_links(selected[:MOST_SELECTED]))
    kept, cut = newest(list(_items(links, based(page, url))), age=lambda one: one.published)
    items, refused = parted(kept)
    if not items:
        raise FeedUnreadable("nothing_selected", f"{len(selected)} elements, {len(refused)} links refused")
    return Listing(title=title_of(page), items=items, refused=refused, cut=cut or len(selected) > MOST_SELECTED)


def tree(body: bytes, *, content_type: str) -> HtmlElement:
    """A page as a tree. Raises ``FeedUnreadable``: too_large, too_deep, bad_encoding, not_text."""
    text = NOT_XML.sub("", decoded(body, content_type=content_type))
    tags = sum(1 for _ in _OPENING_TAG.finditer(text))
    if tags > MOST_TAGS:
        raise FeedUnreadable("too_large", f"{tags} elements, more than {MOST_TAGS}")
    parser = HTMLParser(encoding="utf-8", huge_tree=True, no_network=True, remove_comments=True, remove_pis=True)
    try:
        found = document_fromstring(text.encode("utf-8"), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError) as error:
        raise FeedUnreadable("not_text", "no element") from error
    # libxml2 drops what lies too deep and only notes it.
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise FeedUnreadable("too_deep", "deeper than 2,048 elements")
    return found


def title_of(page: HtmlElement) -> str:
    return plain(next((found.text for found in page.iter("title")), ""))


def based(page: HtmlElement, url: str) -> str:
    """What links of a page are relative to."""
    for base in page.iter("base"):
        if base.get("href"):
            try:
                return addresses.absolute(base.get("href"), base=url)
            except addresses.BadAddress:
                break
    return url


_OF_SEVERAL: Final = frozenset({"nav", "main", "body", "ul", "ol", "dl", "table", "tbody"})
"""What holds several things: a time in it is not this one's."""


def _links(selected: list[object]) -> Iterator[tuple[HtmlElement, HtmlElement]]:
    """Each selected element with its link: itself, the first in it, or the one around it."""
    for element in selected:
        if not isinstance(element, HtmlElement):
            continue
        if element.tag == "a" and element.get("href"):
            yield element, element
            continue
        inside = next((link for link in element.iter("a") if link.get("href")), None)
        link = next(element.iterancestors("a"), None) if inside is None else inside
        if link is not None and link.get("href"):
            yield element, link


def _items(links: list[tuple[HtmlElement, HtmlElement]], base: str) -> Iterator[Item]:
    shared = Counter(around for element, _link in links for around in _around(element))
    for element, link in links:
        published = None
        # Only so far up as this link is the only one selected: further up stand the times of others.
        for around in _around(element):
            if shared[around] > 1 or around.tag in _OF_SEVERAL:
                break
            published = next(
                (moment(time.get("datetime")) for time in around.iter("time") if time.get("datetime")), None
            )
            if published is not None:
                break
        title = " ".join(link.text_content().split()) or link.get("title") or ""
        yield item(guid="", references=[link.get("href")], base=base, title=title[:2_000], published=published)


def _around(element: HtmlElement) -> Iterator[HtmlElement]:
    yield element
    for step, around in enumerate(element.iterancestors(), start=1):
        if step > _NEAR:
            return
        yield around
