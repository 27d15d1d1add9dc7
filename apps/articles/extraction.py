"""From the bytes of an article to the text of its rendition.

The body is trafilatura's, in its fast mode, with our own rendering of its tree: paragraphs, headings, list items and
quotations are parted by a blank line, the rows of a table are lines. The headline is the first paragraph, since claims
are made in headlines too.
"""

from __future__ import annotations

import mimetypes
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import trafilatura
from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring
from trafilatura.utils import repair_faulty_html

from . import charsets, page_metadata, texts
from .page_metadata import PageMetadata, Precision
from .refusals import Unreadable

__all__ = ["Extracted", "Unreadable", "from_bytes", "from_html", "from_text"]

LARGEST: Final = 5 * 2**20
"""The most that is read of one page, in characters after decoding."""
MOST_TAGS: Final = 100_000
"""The most opening tags of one page: what a page costs to read goes by them, some 20 seconds for a million."""

# The part after the slash is ours: raise it when the same page would give another text.
HTML_VERSION: Final = f"{trafilatura.__version__}/1"
TEXT_VERSION: Final = "1"

_HTML_TYPES: Final = frozenset({"text/html", "application/xhtml+xml"})
_TEXT_TYPES: Final = frozenset({"text/plain", "text/markdown"})
_UNTOLD_TYPES: Final = frozenset({"", "application/octet-stream", "binary/octet-stream"})
_DOCUMENT: Final = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_OTHER_MARKUP: Final = re.compile(r"\s*(?:<\?xml|<!doctype (?!html)|<(?:rss|feed|svg|urlset)\b)", re.IGNORECASE)
_OPENING_TAG: Final = re.compile("<[A-Za-z]")
_BLOCKS: Final = frozenset({"p", "head", "item", "quote", "table", "code", "pre", "list", "div"})
_LINES: Final = frozenset({"lb", "br", "row"})
_SPACE: Final = re.compile(r"[ \t\r\n\f\v]+")
_NOT_WORDS: Final = re.compile(r"\W+")
_SENTENCE_END: Final = re.compile(r"[.!?…:;][\"'”’»)\]]*$")
# Elements that hold no words of an article, left out where trafilatura finds none and all of the page is taken.
_FURNITURE: Final = (
    "script", "style", "noscript", "template", "head", "nav", "header", "footer", "aside", "form", "button", "select",
    "iframe", "svg", "object", "figure",
)  # fmt: skip
_FLAT_BLOCKS: Final = frozenset(
    (
        "article", "blockquote", "body", "dd", "div", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "li", "main", "p",
        "pre", "section", "td", "th", "tr",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Extracted:
    """The text of an article, normalised, and what was learnt beside it; empty strings where nothing was.

    ``text`` begins with ``headline`` where there is one. ``published_precision`` says how much of ``published`` (in
    UTC) is known; at "day" its time is midnight. ``extractor`` and ``version`` name what drew the text.
    """

    text: str
    headline: str
    byline: str
    published: datetime | None
    published_precision: Precision
    language: str
    canonical: str
    outlet_name: str
    extractor: str
    version: str


def from_bytes(body: bytes, *, media_type: str = "", filename: str = "", url: str = "") -> Extracted:
    """Read a page or a text, whichever it turns out to be. ``media_type`` is a Content-Type with its parameters.

    Raises ``Unreadable``: not_text, empty_text, bad_encoding, too_deep, too_large, not_readable.
    """
    kind = media_type.partition(";")[0].strip().lower()
    if kind in _UNTOLD_TYPES:
        kind = mimetypes.guess_type(filename)[0] or ""
    if kind not in _HTML_TYPES | _TEXT_TYPES | _UNTOLD_TYPES:
        raise Unreadable("not_text", kind[:80])
    if not body.strip():
        raise Unreadable("empty_text", "no bytes")
    raw = charsets.decode(body, content_type=media_type, declared_inside=kind not in _TEXT_TYPES)
    if _OTHER_MARKUP.match(raw) and not _DOCUMENT.match(raw):
        raise Unreadable("not_text", "markup of another kind")
    if kind in _HTML_TYPES or _DOCUMENT.match(raw):
        return _from_markup(raw, url=url)
    return from_text(raw)


def from_html(body: bytes, *, content_type: str = "", url: str = "") -> Extracted:
    """Read a page that was fetched from ``url``.

    Raises ``Unreadable``: not_text, empty_text, bad_encoding, too_deep, too_large, not_readable.
    """
    return _from_markup(charsets.decode(body, content_type=content_type), url=url)


def from_text(raw: str, *, headline: str = "") -> Extracted:
    """Take a text as it is. Without a ``headline``, one is looked for among its first lines.

    Raises ``Unreadable``: empty_text, too_large.
    """
    _check_size(raw)
    text = texts.normalise(raw)
    if not _NOT_WORDS.sub("", text):
        raise Unreadable("empty_text", "no word")
    headline = " ".join(texts.normalise(headline).split()) or _headline_of(text)
    return Extracted(
        text=_with_headline(text, headline),
        headline=headline,
        byline="",
        published=None,
        published_precision="",
        language="",
        canonical="",
        outlet_name="",
        extractor="text",
        version=TEXT_VERSION,
    )


def _from_markup(markup: str, *, url: str) -> Extracted:
    _check_size(markup)
    tags = sum(1 for _ in _OPENING_TAG.finditer(markup))
    if tags > MOST_TAGS:
        raise Unreadable("too_large", f"{tags} elements, more than {MOST_TAGS}")
    tree = _parsed(markup)
    metadata = page_metadata.read(tree, url=url)
    extractor, text = _body(tree)
    if not _NOT_WORDS.sub("", text):
        raise Unreadable("empty_text", "the page holds no words")
    return _extracted(text, metadata, extractor)


def _extracted(text: str, metadata: PageMetadata, extractor: str) -> Extracted:
    headline = texts.normalise(metadata.headline)
    return Extracted(
        text=_with_headline(text, headline),
        headline=headline,
        byline=texts.normalise(metadata.byline),
        published=metadata.published,
        published_precision=metadata.published_precision,
        language=metadata.language,
        canonical=metadata.canonical,
        outlet_name=texts.normalise(metadata.outlet_name),
        extractor=extractor,
        version=HTML_VERSION,
    )


def _check_size(text: str) -> None:
    if len(text) > LARGEST:
        raise Unreadable("too_large", f"{len(text)} characters, more than {LARGEST}")


def _parsed(markup: str) -> HtmlElement:
    """The page as a tree. libxml2 drops what lies too deep and only notes it, so the note is looked for."""
    parser = HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True, collect_ids=False)
    repaired = repair_faulty_html(markup, markup[:50].lower())
    try:
        tree = document_fromstring(repaired.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError) as error:
        raise Unreadable("empty_text", "no element") from error
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise Unreadable("too_deep", "deeper than 2,048 elements")
    return tree


def _body(tree: HtmlElement) -> tuple[str, str]:
    """The extractor that found text, and the text: first the fast way, then the thorough one, then all of the page."""
    for thorough in (False, True):
        try:
            found = trafilatura.bare_extraction(
                tree, fast=not thorough, favor_recall=thorough, include_comments=False, with_metadata=False
            )
        except RecursionError as error:
            raise Unreadable("too_deep", "deeper than the extractor goes") from error
        except (etree.LxmlError, ValueError, TypeError, AttributeError, IndexError, KeyError):
            # The extractor's own mistakes on odd markup; a way that reads less from the page may still get through.
            continue
        text = _rendered(found.body, _BLOCKS) if isinstance(found, trafilatura.settings.Document) else ""
        if text:
            return "trafilatura", text
    return "page", _whole_page(tree)


def _whole_page(tree: HtmlElement) -> str:
    """Every word of a page outside its furniture; of all of it, where that leaves nothing."""
    body = tree.find("body")
    page = tree if body is None else body
    for element in [found for name in _FURNITURE for found in page.iter(name)]:
        element.drop_tree()
    return _rendered(page, _FLAT_BLOCKS)


def _rendered(root: HtmlElement, blocks: frozenset[str]) -> str:
    """The words under ``root`` with a blank line around every block, a line for each row and line break."""
    parts: list[str] = []
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag
        if tag in blocks:
            parts.append("\n\n")
        elif tag in _LINES and event == "start":
            parts.append("\n")
        elif tag == "cell" and event == "end" and element.getnext() is not None:
            parts.append(" | ")
        words = element.text if event == "start" else element.tail if element is not root else None
        if words:
            parts.append(_SPACE.sub(" ", words))
    return texts.normalise("\n".join(line.strip(" ") for line in "".join(parts).split("\n")))


def _folded(text: str) -> str:
    return _NOT_WORDS.sub(" ", text).strip().casefold()


def _with_headline(text: str, headline: str) -> str:
    """``text`` with ``headline`` before it, unless one of its first paragraphs already is the headline."""
    if not headline:
        return text
    known = _folded(headline)
    opening = texts.paragraphs(text[: len(headline) + 3_000])[:4]
    if any(_folded(text[paragraph.start : paragraph.end]) == known for paragraph in opening):
        return text
    return f"{headline}\n\n{text}"


def _headline_of(text: str) -> str:
    """The longest of the short lines before the first sentence: over an article stand its section and headline."""
    short: list[str] = []
    for paragraph in texts.paragraphs(text[:3_000])[:4]:
        line = text[paragraph.start : paragraph.end]
        if "\n" in line or len(line) > 200 or _SENTENCE_END.search(line):
            break
        short.append(line)
    else:
        return ""
    return max(short, key=len, default="")
