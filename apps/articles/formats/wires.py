"""What the formats of the wires have in common: one item, and how its words and moments are read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from apps.articles import blocks, page_metadata, texts
from apps.articles.refusals import Unreadable


@dataclass(frozen=True, slots=True)
class WireItem:
    """One item of a wire; empty where it says nothing. ``text`` is without the headline and the captions."""

    identity: str
    headline: str
    text: str
    captions: tuple[str, ...] = ()
    byline: str = ""
    credit: str = ""
    outlet_name: str = ""
    published: datetime | None = None
    modified: datetime | None = None
    language: str = ""
    usage_terms: str = ""


def of_markup(fragment: str) -> tuple[str, tuple[str, ...]]:
    """The text and the captions of a body in HTML, all of which is the article's.

    Raises ``Unreadable``: too_deep.
    """
    parser = HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True, collect_ids=False)
    try:
        tree = document_fromstring(fragment.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):
        return "", ()
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise Unreadable("too_deep", "deeper than 2,048 elements")
    captions = _captions(tree)
    return blocks.whole_page(tree), captions


def _captions(tree: HtmlElement) -> tuple[str, ...]:
    words = (texts.normalise(" ".join(found.text_content().split())) for found in tree.iter("figcaption"))
    return tuple(dict.fromkeys(caption for caption in words if caption))


def moment(*said: object) -> datetime | None:
    """The first of several that is a moment, in UTC. Wires write ISO 8601 with its zone; a day alone is none."""
    for text in said:
        if isinstance(text, str):
            found, precision = page_metadata.moment(text)
            if precision == "minute":
                return found
    return None


def line(value: object, most: int = 500) -> str:
    """One line of a text, or nothing where it is no text."""
    return texts.normalise(" ".join(value.split()))[:most] if isinstance(value, str) else ""


def later(modified: datetime | None, published: datetime | None) -> datetime | None:
    """When an item was changed, if that is after it was first sent."""
    return modified if modified and published and modified > published else None
